"""Make one Metabase hold what the files say for every company, or say what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg

from metabase.content.errors import DriftFoundError, MetabaseError
from metabase.content.warehouse import connect_as_admin
from metabase.server.client import (
    Metabase,
    check_version,
    sign_in,
    wait_until_healthy,
)
from metabase.server.company_actions import ensure_actions, put_away_actions
from metabase.server.desired_state import (
    Request,
    Tell,
    Tenant,
    World,
    look,
    with_logins,
)
from metabase.server.diff import PENDING, Finding, Reconciliation
from metabase.server.identity import Identities, locked
from metabase.server.permissions import close_doors, wanted_access
from metabase.server.publication import Publication, publish
from metabase.server.removed_companies import find_removed, put_away
from metabase.server.subscriptions import Post, ensure_subscriptions
from metabase.server.tenancy import (
    Home,
    ensure_desk,
    ensure_group,
    ensure_home,
)

__all__ = ["apply", "has_pending", "instance_of", "plan"]

_EMBEDDING = "enable-embedding-static"


def _silent(_: str) -> None:
    pass


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
        world = look(request, environment, connection, now, tell)
        metabase = _reach(request, tell)
        if not metabase.get("/api/session/properties")["has-user-setup"]:
            told = "the server is empty: everything else follows"
            return [Finding("", "account", request.admin.email, "create", told)]
        sign_in(metabase, request.admin, language=request.language)
        return _plan(metabase, _identities(metabase, connection), world).findings


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
    with (
        closing(connect_as_admin(request.database_url)) as connection,
        locked(connection),
    ):
        world = look(request, environment, connection, now, tell)
        metabase = _reach(request, tell)
        is_new = sign_in(metabase, request.admin, language=request.language)
        identities = _identities(metabase, connection)
        planned = _plan(metabase, identities, world)
        if not request.force:
            _refuse_drift(planned.findings)
        world = with_logins(world, request, connection)
        if not (
            _is_renewed(world) or planned.is_behind or has_pending(planned.findings)
        ):
            return planned.findings
        work = Reconciliation(metabase, identities, is_dry=False)
        _walk(work, world)
        if is_new:
            account = Finding("", "account", request.admin.email, "create")
            work.findings.insert(0, account)
        return work.findings


def instance_of(properties: Mapping[str, Any], url: str) -> str:
    """The name a server has here: the address people open it at."""
    return str(properties.get("site-url") or url).rstrip("/")


def _reach(request: Request, tell: Tell) -> Metabase:
    metabase = Metabase(request.metabase_url)
    wait_until_healthy(metabase, seconds=request.wait_seconds, tell=tell)
    check_version(metabase.get("/api/session/properties"))
    return metabase


def _identities(metabase: Metabase, connection: psycopg.Connection) -> Identities:
    properties = metabase.get("/api/session/properties")
    return Identities(connection, instance_of(properties, metabase.url))


def _plan(metabase: Metabase, identities: Identities, world: World) -> Reconciliation:
    work = Reconciliation(metabase, identities, is_dry=True)
    _forget_other_server(work)
    _walk(work, world)
    return work


def _is_renewed(world: World) -> bool:
    """Whether a login got another password, which the server has to hear."""
    logins = (each for one in world.tenants for each in (one.login, one.writer))
    return any(each is not None and each.is_renewed for each in logins)


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
            "metabase/pages. Overwrite it: timonel metabase apply --force"
        )


def _walk(work: Reconciliation, world: World) -> None:
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
    homes = [
        replace(home, desk=ensure_desk(work, one.writer, home, one.words))
        if one.writer
        else home
        for one, home in zip(world.tenants, homes, strict=True)
    ]
    operator_id = ensure_group(work, "", world.roles.operator)
    gone = _removed(work, world)
    doors = wanted_access(homes, world.roles, operator_id)
    close_doors(work, doors.and_closed(gone))
    for company_id, (collections, _) in gone.items():
        put_away(work, company_id, collections)
    if any(one.delivery.embeddable for one in world.tenants):
        _allow_embedding(work)
    properties = work.metabase.get("/api/session/properties")
    for tenant, home in zip(world.tenants, homes, strict=True):
        _fill(work, world, tenant, home, properties)


def _removed(
    work: Reconciliation, world: World
) -> dict[str, tuple[list[int], list[int]]]:
    if not world.are_all:
        return {}
    return find_removed(work, [one.company.company_id for one in world.tenants])


def _fill(
    work: Reconciliation,
    world: World,
    tenant: Tenant,
    home: Home,
    properties: Mapping[str, Any],
) -> None:
    company_id, desk = tenant.company.company_id, home.desk
    buttons = ensure_actions(work, company_id, desk, tenant.content, tenant.actions)
    told = Publication(tenant.content, home, world.roles, tenant.delivery, buttons)
    page_ids = publish(work, told)
    put_away_actions(work, company_id, desk, tenant.actions)
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
