"""What should be: everything the files and the database say, read before a server is.

What is wrong with it is said here, so that nothing is half written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from metabase.content.actions import Action, read_actions
from metabase.content.card_folders import folder_words, roles_of
from metabase.content.company import Company
from metabase.content.delivery import Delivery, read_delivery
from metabase.content.entities import Content
from metabase.content.labels import read_labels
from metabase.content.load import load_content
from metabase.content.preflight import check_columns
from metabase.content.roles import Roles
from metabase.content.settings import CompanySettings, load_settings
from metabase.content.warehouse import find_companies
from metabase.server.client import Admin
from metabase.server.logins import (
    can_sign_in,
    password_of,
    set_password,
    warehouse_of,
    writing_password_of,
)
from metabase.server.tenancy import Login

__all__ = [
    "EMBEDDING_VARIABLE",
    "Request",
    "Tell",
    "Tenant",
    "World",
    "look",
    "with_logins",
]

EMBEDDING_VARIABLE = "METABASE_EMBEDDING_SECRET_KEY"
"""Set to the server's embedding secret, it opens the pages of delivery.yml."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What to bring where. ``language`` is for companies that chose none."""

    metabase_url: str
    admin: Admin
    database_url: str
    company_ids: tuple[str, ...]
    root: Path
    language: str = "es"
    wait_seconds: float = 300
    renew_passwords: bool = False
    force: bool = False


@dataclass(frozen=True)
class Tenant:
    """Everything the files and the database say about one company."""

    company: Company
    settings: CompanySettings
    content: Content
    words: Mapping[str, str]
    login: Login
    delivery: Delivery
    writer: Login | None = None
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class World:
    """Everything that should be, before the server is looked at."""

    tenants: tuple[Tenant, ...]
    roles: Roles
    are_all: bool
    now: datetime


def look(
    request: Request,
    environment: Mapping[str, str],
    connection: psycopg.Connection,
    now: datetime | None,
    tell: Tell,
) -> World:
    """Read everything that should be.

    Raises
    ------
    ContentError, WarehouseError
    """
    settings = load_settings(connection)
    companies = find_companies(request.database_url, request.company_ids)
    roles = roles_of(request.root)
    has_embedding = bool(environment.get(EMBEDDING_VARIABLE))
    tenants = tuple(
        _tenant(request, environment, company, settings[company.company_id], roles)
        for company in companies
    )
    if not has_embedding:
        closed = [replace(one.delivery, embeddable=frozenset()) for one in tenants]
        tenants = tuple(
            replace(one, delivery=delivery)
            for one, delivery in zip(tenants, closed, strict=True)
        )
    if tenants:
        cards = tenants[0].content.cards.values()
        waiting = check_columns(request.database_url, cards)
        if waiting:
            tell(f"{len(waiting)} cards wait for the first run of the company's data")
    return World(tenants, roles, not request.company_ids, now or datetime.now(UTC))


def _tenant(
    request: Request,
    environment: Mapping[str, str],
    company: Company,
    settings: CompanySettings,
    roles: Roles,
) -> Tenant:
    language = settings.language or request.language
    words = read_labels(request.root / "labels" / "importer", language)
    words = folder_words(roles, words)
    content = load_content(request.root, company, language)
    login = Login(
        company,
        warehouse_of(request.database_url),
        password_of(company, environment),
        is_renewed=request.renew_passwords,
    )
    pages = [page.path.stem for page in content.dashboards]
    delivery = read_delivery(request.root / "delivery.yml", pages, words["company"])
    delivery = delivery.within(roles.plan(company.plan).pages)
    tenant = Tenant(company, settings, content, words, login, delivery)
    password = writing_password_of(company, environment)
    if not password:
        return tenant
    cards = {card.path.stem for card in content.cards.values()}
    return replace(
        tenant,
        login=replace(login, may_act=True),
        writer=replace(login, password=password, user=company.writer, may_act=True),
        actions=_within(
            read_actions(request.root / "actions.yml", words, cards),
            content,
            roles.plan(company.plan).pages,
        ),
    )


def _within(
    actions: tuple[Action, ...], content: Content, pages: Collection[str]
) -> tuple[Action, ...]:
    """Those with a card on one of the pages that the company's plan has."""
    shown = {
        content.cards[at.card_id].path.stem
        for page in content.dashboards
        if page.path.stem in pages
        for at in page.placements
        if at.card_id in content.cards
    }
    return tuple(one for one in actions if shown.intersection(one.cards))


def with_logins(
    world: World, request: Request, connection: psycopg.Connection
) -> World:
    """Give every login the password of the environment; Metabase is told it anew."""
    tenants = []
    for tenant in world.tenants:
        login = _let_in(tenant.login, request, connection)
        writer = tenant.writer and _let_in(tenant.writer, request, connection)
        tenants.append(replace(tenant, login=login, writer=writer))
    return replace(world, tenants=tuple(tenants))


def _let_in(login: Login, request: Request, connection: psycopg.Connection) -> Login:
    if can_sign_in(request.database_url, login.role, login.password):
        return login
    set_password(connection, login.role, login.password)
    return replace(login, is_renewed=True)
