"""Make one Metabase hold what the files say for every company, or say what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from metabase.metabase_as_code.company import Company
from metabase.metabase_as_code.content import Content
from metabase.metabase_as_code.delivery import Delivery, read_delivery
from metabase.metabase_as_code.errors import DriftFoundError, MetabaseError
from metabase.metabase_as_code.http_api import (
    Admin,
    Metabase,
    check_version,
    sign_in,
    wait_until_healthy,
)
from metabase.metabase_as_code.identity import Identities, lock
from metabase.metabase_as_code.labels import read_labels
from metabase.metabase_as_code.load import load_content
from metabase.metabase_as_code.logins import (
    can_sign_in,
    password_of,
    set_password,
    warehouse_of,
)
from metabase.metabase_as_code.permissions import close_doors, wanted_access
from metabase.metabase_as_code.preflight import check_columns
from metabase.metabase_as_code.publication import Publication, publish
from metabase.metabase_as_code.reconciliation import PENDING, Finding, Reconciliation
from metabase.metabase_as_code.removed import find_removed, put_away
from metabase.metabase_as_code.roles import Roles, read_roles
from metabase.metabase_as_code.settings import CompanySettings, load_settings
from metabase.metabase_as_code.subscriptions import Post, ensure_subscriptions
from metabase.metabase_as_code.tenancy import Home, Login, ensure_group, ensure_home
from metabase.metabase_as_code.warehouse import connect_as_admin, find_companies

__all__ = ["EMBEDDING_VARIABLE", "Request", "apply", "instance_of", "plan"]

EMBEDDING_VARIABLE = "METABASE_EMBEDDING_SECRET_KEY"
"""Set to the server's embedding secret, it opens the pages of delivery.yml."""

_EMBEDDING = "enable-embedding-static"

Tell = Callable[[str], None]


def _silent(_: str) -> None:
    pass


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
class _Tenant:
    """Everything the files and the database say about one company."""

    company: Company
    settings: CompanySettings
    content: Content
    words: Mapping[str, str]
    login: Login
    delivery: Delivery


@dataclass(frozen=True)
class _World:
    """Everything that should be, before the server is looked at."""

    tenants: tuple[_Tenant, ...]
    roles: Roles
    are_all: bool
    now: datetime


def plan(
    request: Request,
    environment: Mapping[str, str],
    *,
    now: datetime | None = None,
    tell: Tell = _silent,
) -> list[Finding]:
    """What apply would do; writes nothing, neither here nor there.

    Raises
    ------
    ContentError, WarehouseError, MetabaseError
        It could not be done at all; the message says what, where, and what to do.
    """
    with closing(connect_as_admin(request.database_url)) as connection:
        connection.autocommit = True
        world = _look(request, environment, connection, now, tell)
        metabase = _reach(request, tell)
        if not metabase.get("/api/session/properties")["has-user-setup"]:
            told = "the server is empty: everything else follows"
            return [Finding("", "account", request.admin.email, "create", told)]
        sign_in(metabase, request.admin, language=request.language)
        return _plan(metabase, _identities(metabase, connection), world)


def apply(
    request: Request,
    environment: Mapping[str, str],
    *,
    now: datetime | None = None,
    tell: Tell = _silent,
) -> list[Finding]:
    """Do what the plan says; gives what was done, and nothing when all was equal.

    It may die at any point: running it again continues.

    Raises
    ------
    DriftFoundError
        People changed managed things by hand, and ``force`` is not set.
    ContentError, WarehouseError, MetabaseError
    """
    with closing(connect_as_admin(request.database_url)) as connection:
        lock(connection)
        world = _look(request, environment, connection, now, tell)
        metabase = _reach(request, tell)
        is_new = sign_in(metabase, request.admin, language=request.language)
        identities = _identities(metabase, connection)
        planned = _plan(metabase, identities, world)
        if not request.force:
            _refuse_drift(planned)
        world = _with_logins(world, request, connection)
        work = Reconciliation(metabase, identities, is_dry=False)
        _walk(work, world)
        if is_new:
            account = Finding("", "account", request.admin.email, "create")
            work.findings.insert(0, account)
        return work.findings


def instance_of(properties: Mapping[str, Any], url: str) -> str:
    """The name a server has here: the address people open it at."""
    return str(properties.get("site-url") or url).rstrip("/")


def _look(
    request: Request,
    environment: Mapping[str, str],
    connection: psycopg.Connection,
    now: datetime | None,
    tell: Tell,
) -> _World:
    settings = load_settings(connection)
    companies = find_companies(request.database_url, request.company_ids)
    has_embedding = bool(environment.get(EMBEDDING_VARIABLE))
    tenants = tuple(
        _tenant(request, environment, company, settings[company.company_id])
        for company in companies
    )
    if not has_embedding:
        closed = [replace(one.delivery, embeddable=frozenset()) for one in tenants]
        tenants = tuple(
            replace(one, delivery=delivery)
            for one, delivery in zip(tenants, closed, strict=True)
        )
    pages = [path.stem for path in (request.root / "collections").rglob("*.yaml")]
    roles = read_roles(request.root / "roles.yml", pages)
    if tenants:
        cards = tenants[0].content.cards.values()
        waiting = check_columns(request.database_url, cards)
        if waiting:
            tell(f"{len(waiting)} cards wait for the first run of the company's data")
    return _World(tenants, roles, not request.company_ids, now or datetime.now(UTC))


def _tenant(
    request: Request,
    environment: Mapping[str, str],
    company: Company,
    settings: CompanySettings,
) -> _Tenant:
    language = settings.language or request.language
    words = read_labels(request.root / "labels" / "importer", language)
    content = load_content(request.root, company, language)
    login = Login(
        company,
        warehouse_of(request.database_url),
        password_of(company, environment),
        is_renewed=request.renew_passwords,
    )
    pages = [page.path.stem for page in content.dashboards]
    delivery = read_delivery(request.root / "delivery.yml", pages, words["company"])
    return _Tenant(company, settings, content, words, login, delivery)


def _reach(request: Request, tell: Tell) -> Metabase:
    metabase = Metabase(request.metabase_url)
    wait_until_healthy(metabase, seconds=request.wait_seconds, tell=tell)
    check_version(metabase.get("/api/session/properties"))
    return metabase


def _identities(metabase: Metabase, connection: psycopg.Connection) -> Identities:
    properties = metabase.get("/api/session/properties")
    return Identities(connection, instance_of(properties, metabase.url))


def _plan(metabase: Metabase, identities: Identities, world: _World) -> list[Finding]:
    work = Reconciliation(metabase, identities, is_dry=True)
    _forget_other_server(work)
    _walk(work, world)
    return work.findings


def _forget_other_server(work: Reconciliation) -> None:
    """Notice a server that was replaced: none of the ids is what it was."""
    known = work.identities.all(kind="collection")
    if known and not any(work.is_there(one, "/api/collection") for one in known):
        work.identities.ignore_all()
        told = "none of the known ids is there: things are looked for by name"
        work.findings.append(
            Finding("", "server", work.identities.instance, "replaced", told)
        )


def _refuse_drift(planned: list[Finding]) -> None:
    drifted = [str(one) for one in planned if one.action == "drift"]
    if drifted:
        told = "\n".join(drifted)
        raise DriftFoundError(
            f"{told}\nPeople changed this on the server, and nothing was written. Keep "
            "their work: timonel metabase export FOLDER, and bring it into "
            "metabase/collections. Overwrite it: timonel metabase apply --force"
        )


def _with_logins(
    world: _World, request: Request, connection: psycopg.Connection
) -> _World:
    """Give every login the password of the environment; Metabase is told it anew."""
    tenants = []
    for tenant in world.tenants:
        login = tenant.login
        if not can_sign_in(request.database_url, login.company, login.password):
            set_password(connection, login.company, login.password)
            login = replace(login, is_renewed=True)
        tenants.append(replace(tenant, login=login))
    return replace(world, tenants=tuple(tenants))


def _walk(work: Reconciliation, world: _World) -> None:
    homes = [
        ensure_home(
            work,
            one.login,
            world.roles,
            one.words,
            one.content.collection.description,
        )
        for one in world.tenants
    ]
    operator_id = ensure_group(work, "", world.roles.operator)
    gone = _removed(work, world)
    doors = wanted_access(homes, world.roles, operator_id)
    close_doors(work, doors.and_closed(gone))
    for company_id, (collections, _) in gone.items():
        put_away(work, company_id, collections)
    if any(one.delivery.embeddable for one in world.tenants):
        _allow_embedding(work)
    for tenant, home in zip(world.tenants, homes, strict=True):
        _fill(work, world, tenant, home)


def _removed(
    work: Reconciliation, world: _World
) -> dict[str, tuple[list[int], list[int]]]:
    if not world.are_all:
        return {}
    return find_removed(work, [one.company.company_id for one in world.tenants])


def _fill(work: Reconciliation, world: _World, tenant: _Tenant, home: Home) -> None:
    told = Publication(tenant.content, home, world.roles, tenant.delivery)
    page_ids = publish(work, told)
    properties = work.metabase.get("/api/session/properties")
    post = Post(
        company=tenant.company,
        time_zone=tenant.settings.time_zone,
        recipients=tenant.settings.recipients,
        has_mail=bool(properties.get("email-configured?")),
        server_time_zone=properties.get("report-timezone-long") or "UTC",
        words=tenant.words,
        now=world.now,
    )
    ensure_subscriptions(
        work, post, tenant.delivery.subscriptions, tenant.content, page_ids
    )


def _allow_embedding(work: Reconciliation) -> None:
    if work.metabase.get("/api/session/properties").get(_EMBEDDING):
        return
    work.findings.append(Finding("", "setting", _EMBEDDING, "update", "true"))
    if work.is_dry:
        return
    try:
        work.metabase.put(f"/api/setting/{_EMBEDDING}", {"value": True})
    except MetabaseError as error:
        raise MetabaseError(
            f"{error}; the environment of the server may hold it: set "
            "MB_ENABLE_EMBEDDING_STATIC=true there, or take it away",
            error.status,
        ) from error


def has_pending(findings: list[Finding]) -> bool:
    """Whether apply has, or had, anything to do."""
    return any(one.action in PENDING for one in findings)
