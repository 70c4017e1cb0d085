"""Prove on a real server what tests can only prove on a stand-in.

Apply twice, ask every card, alone and where it stands, and look at the server as a
person of each role would.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from metabase.content.card_folders import roles_of
from metabase.content.errors import MetabaseError
from metabase.content.roles import Role, Roles
from metabase.content.warehouse import connect_as_admin, find_companies
from metabase.server.apply import apply, instance_of, plan
from metabase.server.client import Admin, Metabase, sign_in
from metabase.server.desired_state import EMBEDDING_VARIABLE, Request
from metabase.server.diff import PENDING
from metabase.server.identity import Identities
from metabase.server.verify_content import (
    Server,
    content_problems,
    link_problems,
    may_ask,
)

__all__ = ["verify"]

_CHECKER = "timonel-verify@example.com"
_FORBIDDEN, _UNAUTHORISED = 403, 401
_NATIVE = "query-builder-and-native"


def verify(
    request: Request, environment: Mapping[str, str], *, tell: Callable[[str], None]
) -> list[str]:
    """Everything that does not hold, in words; empty when all is well.

    Raises
    ------
    ContentError, WarehouseError, MetabaseError
        It could not be tried.
    """
    tell("applying")
    apply(request, environment, tell=tell)
    tell("applying again, which must write nothing")
    again = apply(request, environment, tell=tell)
    problems = [
        f"a second apply wrote: {one}" for one in again if one.action in PENDING
    ]
    problems += [
        f"the plan is not empty: {one}"
        for one in plan(request, environment)
        if one.action in PENDING
    ]
    metabase = Metabase(request.metabase_url)
    sign_in(metabase, request.admin, language=request.language)
    with closing(connect_as_admin(request.database_url)) as connection:
        properties = metabase.get("/api/session/properties")
        identities = Identities(connection, instance_of(properties, metabase.url))
    # Of companies that are gone much is known still, and nothing is to be seen.
    companies = [
        one.company_id
        for one in find_companies(request.database_url, request.company_ids)
    ]
    server = Server(metabase, identities, tuple(companies))
    problems += content_problems(server, tell)
    secret = environment.get(EMBEDDING_VARIABLE)
    if secret:
        tell("opening a page by a signed link")
        problems += link_problems(server, secret)
    return [*problems, *_people(server, request, tell)]


def _people(
    server: Server, request: Request, tell: Callable[[str], None]
) -> Iterator[str]:
    metabase, identities = server.metabase, server.identities
    roles = roles_of(request.root)
    plans = {one.company_id: one.plan for one in find_companies(request.database_url)}
    for company_id in server.companies:
        for role in roles.roles:
            opened = _opened(roles, role, plans.get(company_id))
            group = identities.find(company_id, "group", role.group(company_id))
            if group is None:
                yield f"there is no group {role.group(company_id)}"
                continue
            tell(f"looking as {role.group(company_id)}")
            with _signed_in(metabase, group.metabase_id) as person:
                yield from _sees(person, identities, company_id, opened)


def _opened(roles: Roles, role: Role, plan: str | None) -> Role:
    """A role with what the plan leaves it; nothing in a company that is gone."""
    if plan is None:
        return replace(role, folders=frozenset(), may_ask=False)
    return replace(
        role, folders=roles.reads(role, plan), may_ask=roles.may_ask(role, plan)
    )


def _sees(
    person: Metabase, identities: Identities, company_id: str, role: Role
) -> Iterator[str]:
    readable = {"company", *role.folders}
    if role.workspace != "none":
        readable.add("workspace")
    if role.may_ask:
        readable.add("actions")
    for one in identities.all(kind="collection"):
        if one.key == "company" and one.company_id != company_id:
            expected = False
        else:
            expected = one.company_id == company_id and one.key in readable
        if _may_read(person, f"/api/collection/{one.metabase_id}") != expected:
            verb = "cannot read" if expected else "may read"
            yield f"{role.group(company_id)} {verb} {one.key} of {one.company_id}"
    for one in identities.all(kind="dashboard"):
        is_foreign = one.company_id != company_id
        if is_foreign and _may_read(person, f"/api/dashboard/{one.metabase_id}"):
            yield f"{role.group(company_id)} may read a dashboard of {one.company_id}"
    yield from _asks_by_hand(person, identities, company_id, role)


def _asks_by_hand(
    person: Metabase, identities: Identities, company_id: str, role: Role
) -> Iterator[str]:
    """SQL of one's own: for some roles, on the connection their company reads with."""
    for one in identities.all(kind="connection"):
        is_own = one.company_id == company_id and one.key == "warehouse"
        expected = is_own and role.queries == _NATIVE
        if may_ask(person, one.metabase_id) != expected:
            verb = "cannot ask" if expected else "may ask"
            told = f"the connection {one.key} of {one.company_id} by SQL"
            yield f"{role.group(company_id)} {verb} {told}"


def _may_read(person: Metabase, path: str) -> bool:
    try:
        person.get(path)
    except MetabaseError as error:
        if error.status in (_FORBIDDEN, _UNAUTHORISED):
            return False
        raise
    return True


@contextmanager
def _signed_in(metabase: Metabase, group_id: int) -> Iterator[Metabase]:
    """Act as a member of one group, with an account that is put away afterwards."""
    password = secrets.token_urlsafe(24)
    user_id = _account(metabase, group_id)
    try:
        metabase.put(f"/api/user/{user_id}/password", {"password": password})
        person = Metabase(metabase.url)
        sign_in(person, Admin(_CHECKER, password), language="en")
        yield person
    finally:
        metabase.delete(f"/api/user/{user_id}")


def _account(metabase: Metabase, group_id: int) -> int:
    everyone = metabase.get("/api/permissions/group")
    (all_users,) = (
        one["id"]
        for one in everyone
        if one.get("magic_group_type") == "all-internal-users"
    )
    groups: list[dict[str, Any]] = [{"id": all_users}, {"id": group_id}]
    users = metabase.get("/api/user", status="all", query=_CHECKER)["data"]
    if not users:
        body = {
            "email": _CHECKER,
            "first_name": "Timonel",
            "last_name": "Verify",
            "user_group_memberships": groups,
        }
        return int(metabase.post("/api/user", body)["id"])
    user_id = int(users[0]["id"])
    if not users[0].get("is_active"):
        metabase.put(f"/api/user/{user_id}/reactivate", {})
    metabase.put(f"/api/user/{user_id}", {"user_group_memberships": groups})
    return user_id
