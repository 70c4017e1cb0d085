"""`/klaviyo/api/...`: lists and bulk imports (developers.klaviyo.com, 2026-04-15).

Refused as Klaviyo refuses: no or an unknown `revision`, another media type, a key
without the scope, resources of another type, more than 10,000 profiles or 5 MB.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.klaviyo.accounts import Account, Job, MailingList
from sandbox.klaviyo.errors import (
    MEDIA_TYPE,
    KlaviyoError,
    invalid,
    missing_scope,
    not_found,
)
from sandbox.simulation.companies import Company

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["routes"]

_SOURCE: Final = "klaviyo"
_SCHEME: Final = "Klaviyo-API-Key "
_REVISION: Final = re.compile(r"20\d\d-[01]\d-[0-3]\d(\.pre)?")
_MOST_PROFILES: Final = 10_000
_MOST_BYTES: Final = 5_000_000
_BY_NAME: Final = re.compile(r'equals\(name,"((?:[^"\\]|\\.)*)"\)')

_BY_EMAIL: Final = re.compile(r"any\(email,(\[.*\])\)")
_MOST_REMOVED: Final = 1_000
_WRITES: Final = ("POST", "DELETE")

_Handler = Callable[[Account, Request, Any], tuple[int, dict[str, Any]]]


def routes(world: "World") -> list[Route]:
    """The endpoints. Paths may end with a slash."""
    gate = _Gate(world)
    told: list[tuple[str, str, tuple[str, ...], _Handler]] = [
        ("GET", "lists", ("lists:read",), _lists),
        ("POST", "lists", ("lists:write",), _make_list),
        ("GET", "lists/{id}/profiles", ("lists:read", "profiles:read"), _members),
        (
            *("DELETE", "lists/{id}/relationships/profiles"),
            *(("lists:write", "profiles:write"), _remove),
        ),
        (
            *("POST", "profile-bulk-import-jobs"),
            *(("lists:write", "profiles:write"), _start),
        ),
        (
            *("GET", "profile-bulk-import-jobs/{id}"),
            *(("lists:read", "profiles:read"), _job),
        ),
        (
            *("GET", "profile-bulk-import-jobs/{id}/import-errors"),
            *(("profiles:read",), _errors),
        ),
    ]
    return [
        Route(f"/klaviyo/api/{path}{end}", gate.serving(scopes, handle), methods=[verb])
        for verb, path, scopes, handle in told
        for end in ("", "/")
    ]


class _Gate:
    """Lets requests through whose key, revision and media type are in order."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._accounts: dict[str, Account] = {}

    def serving(self, scopes: tuple[str, ...], handle: _Handler) -> Any:
        async def endpoint(request: Request) -> Response:
            content = await request.body()
            return await run_in_threadpool(
                self._answer, request, content, scopes, handle
            )

        return endpoint

    def _answer(
        self,
        request: Request,
        content: bytes,
        scopes: tuple[str, ...],
        handle: _Handler,
    ) -> Response:
        try:
            company = self._company(request)
            _check_headers(request)
            for scope in scopes:
                if scope not in company.klaviyo_scopes:
                    raise missing_scope(scope)
            account = self._accounts.setdefault(company.slug, Account(company.slug))
            body = _body(request, content)
            status, answer = handle(account, request, body)
        except KlaviyoError as error:
            return error.response()
        if status == 204:
            return Response(status_code=status)
        return JSONResponse(answer, status, media_type=MEDIA_TYPE)

    def _company(self, request: Request) -> Company:
        for company in self._world.companies.values():
            key = self._world.credentials(company.slug, _SOURCE).secrets["api_key"]
            self._world.tokens.register(key, company.slug, _SOURCE)
        sent = request.headers.get("authorization", "")
        if not sent.startswith(_SCHEME):
            raise KlaviyoError(
                401,
                "not_authenticated",
                "Authentication credentials were not provided.",
                "Missing or invalid private key.",
            )
        state, token = self._world.tokens.use(sent.removeprefix(_SCHEME).strip())
        if state != "valid" or token is None or token.slug != _SOURCE:
            raise KlaviyoError(
                401,
                "authentication_failed",
                "Incorrect authentication credentials.",
                "Incorrect authentication credentials.",
            )
        return self._world.company(token.company)


def _check_headers(request: Request) -> None:
    revision = request.headers.get("revision", "")
    if not _REVISION.fullmatch(revision):
        raise KlaviyoError(
            400,
            "invalid",
            "Invalid input.",
            "A valid revision header is required, such as 2026-04-15"
            + (f"; '{revision}' is not one." if revision else "."),
            "/headers/revision",
        )
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if request.method in _WRITES and media_type not in {MEDIA_TYPE, "application/json"}:
        raise KlaviyoError(
            415,
            "unsupported_media_type",
            "Unsupported media type.",
            f"Unsupported media type '{media_type}' in request.",
        )


def _body(request: Request, content: bytes) -> Any:
    if request.method not in _WRITES:
        return None
    if len(content) > _MOST_BYTES:
        raise KlaviyoError(
            413, "payload_too_large", "Payload too large.", "The limit is 5 MB."
        )
    try:
        data = json.loads(content)["data"]
        assert isinstance(data, (dict, list))  # noqa: S101 - told below
    except (ValueError, KeyError, TypeError, AssertionError):
        raise invalid("The payload provided in the request is invalid.") from None
    return data


def _lists(account: Account, request: Request, _: Any) -> tuple[int, dict[str, Any]]:
    asked = request.query_params.get("filter")
    found = list(account.lists.values())
    if asked is not None:
        named = _BY_NAME.fullmatch(asked)
        if named is None:
            raise invalid(f"Invalid filter: {asked}", "/filter")
        name = re.sub(r"\\(.)", r"\1", named[1])
        found = [each for each in found if each.name == name]
    size = int(request.query_params.get("page[size]", "10"))
    if not 1 <= size <= 10:
        raise invalid("page[size] must be between 1 and 10.", "/page[size]")
    rows = [_list_payload(each) for each in found[:size]]
    return 200, {"data": rows, "links": {"self": str(request.url), "next": None}}


def _make_list(account: Account, _: Request, data: Any) -> tuple[int, dict[str, Any]]:
    _check_type(data, "list", "/data/type")
    name = (data.get("attributes") or {}).get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("'name' is a required field.", "/data/attributes/name")
    return 201, {"data": _list_payload(account.make_list(name))}


def _members(account: Account, request: Request, _: Any) -> tuple[int, dict[str, Any]]:
    """Every profile of a list. Klaviyo gives 100 at a time; nobody pages here."""
    found = _list(account, request.path_params["id"])
    asked = request.query_params.get("filter")
    emails: list[str] | None = None
    if asked is not None:
        named = _BY_EMAIL.fullmatch(asked)
        if named is None:
            raise invalid(f"Invalid filter: {asked}", "/filter")
        emails = [str(each).lower() for each in json.loads(named[1])]
    by_id = {profile["id"]: profile for profile in account.profiles.values()}
    rows = [
        {"type": "profile", "id": id_, "attributes": by_id[id_]}
        for id_ in found.profile_ids
        if emails is None or str(by_id[id_]["email"]).lower() in emails
    ]
    return 200, {"data": rows, "links": {"next": None}}


def _remove(account: Account, request: Request, data: Any) -> tuple[int, Any]:
    found = _list(account, request.path_params["id"])
    if not isinstance(data, list) or not 0 < len(data) <= _MOST_REMOVED:
        raise invalid(f"Between 1 and {_MOST_REMOVED} profiles are allowed.", "/data")
    for place, each in enumerate(data):
        _check_type(each, "profile", f"/data/{place}/type")
    account.take_off(found, {str(each.get("id")) for each in data})
    return 204, {}


def _start(account: Account, _: Request, data: Any) -> tuple[int, dict[str, Any]]:
    _check_type(data, "profile-bulk-import-job", "/data/type")
    where = "/data/attributes/profiles/data"
    profiles = ((data.get("attributes") or {}).get("profiles") or {}).get("data")
    if not isinstance(profiles, list) or not profiles:
        raise invalid("'profiles' is a required field.", where)
    if len(profiles) > _MOST_PROFILES:
        raise invalid(f"At most {_MOST_PROFILES} profiles are allowed.", where)
    for place, profile in enumerate(profiles):
        _check_type(profile, "profile", f"{where}/{place}/type")
        if not isinstance(profile.get("attributes"), dict):
            raise invalid("'attributes' is a required field.", f"{where}/{place}")
    lists = ((data.get("relationships") or {}).get("lists") or {}).get("data") or []
    for each in lists:
        _check_type(each, "list", "/data/relationships/lists/data/0/type")
        _list(account, str(each.get("id")))
    job = account.start(profiles, str(lists[0]["id"]) if lists else None)
    return 202, {"data": _job_payload(job)}


def _job(account: Account, request: Request, _: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"data": _job_payload(account.look_at(_found_job(account, request)))}


def _errors(account: Account, request: Request, _: Any) -> tuple[int, dict[str, Any]]:
    errors = _found_job(account, request).errors
    size = int(request.query_params.get("page[size]", "20"))
    start = int(request.query_params.get("page[cursor]", "0"))
    rows = [
        {"type": "import-error", "id": f"{start + number}", "attributes": error}
        for number, error in enumerate(errors[start : start + size])
    ]
    more = start + size
    link = f"{request.url.replace_query_params(**{'page[cursor]': str(more)})}"
    return 200, {"data": rows, "links": {"next": link if more < len(errors) else None}}


def _list(account: Account, identifier: str) -> MailingList:
    if identifier not in account.lists:
        raise not_found("list", identifier)
    return account.lists[identifier]


def _found_job(account: Account, request: Request) -> Job:
    identifier = request.path_params["id"]
    if identifier not in account.jobs:
        raise not_found("profile-bulk-import-job", identifier)
    return account.jobs[identifier]


def _check_type(resource: Any, wanted: str, pointer: str) -> None:
    kind = resource.get("type") if isinstance(resource, dict) else None
    if kind != wanted:
        raise invalid(f"'{kind}' is not the allowed type '{wanted}'.", pointer)


def _list_payload(found: MailingList) -> dict[str, Any]:
    return {"type": "list", "id": found.id, "attributes": {"name": found.name}}


def _job_payload(job: Job) -> dict[str, Any]:
    is_over = job.status == "complete"
    count, failed = len(job.profiles), len(job.errors)
    return {
        "type": "profile-bulk-import-job",
        "id": job.id,
        "attributes": {
            "status": job.status,
            "total_count": count,
            "completed_count": count - failed if is_over else 0,
            "failed_count": failed,
        },
    }
