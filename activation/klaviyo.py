"""Klaviyo: a list, filled by bulk import jobs.

Source: developers.klaviyo.com, revision 2026-04-15: Create List, Get Lists, Bulk Import
Profiles, Get Errors For Bulk Import Profiles Job, Get Profiles for List, Remove
Profiles from List, "Rate limits, status codes, and errors". Being on a list is not a
subscription: Klaviyo keeps its own consent.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec
import requests

from activation.places import (
    Access,
    Batch,
    Refusal,
    Row,
    made_once,
    without_people,
)
from taps.api_source.errors import AccessDenied, SourceError
from taps.api_source.http import HttpClient
from taps.api_source.verdicts import Fail, Verdict

__all__ = ["REVISION", "Klaviyo"]

REVISION = "2026-04-15"

_API = "https://a.klaviyo.com"
_MEDIA_TYPE = "application/vnd.api+json"
_POLL_SECONDS = 2.0
_LONGEST_JOB_SECONDS = 900.0
# Addresses of one question: they are part of its URL.
_TOGETHER = 50
_INDEX = re.compile(r"/profiles/data/(\d+)")
_NEW_KEY = (
    "Make a private key with the scopes lists:read, lists:write, profiles:read and "
    "profiles:write (Klaviyo, Settings, API keys) and switch Klaviyo on with it."
)


class Klaviyo:
    """One account, by its private key.

    Parameters
    ----------
    config
        ``api_key``; ``api_url`` and ``poll_seconds`` where not the usual.
    """

    def __init__(
        self, config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._root = f"{str(config.get('api_url') or _API).rstrip('/')}/api"
        self._poll_seconds = float(config.get("poll_seconds") or _POLL_SECONDS)
        key = _PrivateKey(str(config.get("api_key") or ""))
        self._http = HttpClient(key, _judge, timeout=(10.0, 60.0), sleep=sleep)
        self._once = HttpClient(
            key, _judge, attempts=1, timeout=(10.0, 60.0), sleep=sleep
        )
        self._sleep = sleep

    def check(self) -> Access:
        """See the lists. Klaviyo tells no scopes: what is missing shows when used."""
        self._get("lists", "lists", {"page[size]": "1"})
        return Access("Klaviyo")

    def open(self, name: str) -> str:
        """The id of the list of this name, made if there is none."""
        return made_once(
            lambda: self._find(name), lambda: self._make(name), self._sleep
        )

    def add(self, list_id: str, rows: Sequence[Row], batch: Batch) -> list[Refusal]:
        """Import profiles, whether known or new, and put them on the list."""
        call = f"import of {len(rows)} profiles, part {batch.number}"
        body = {
            "data": {
                "type": "profile-bulk-import-job",
                "attributes": {"profiles": {"data": [_profile(row) for row in rows]}},
                "relationships": {"lists": {"data": [{"type": "list", "id": list_id}]}},
            }
        }
        job = self._post(self._http, "profile-bulk-import-jobs", call, body)
        failed = self._finished(job["data"], call)
        return self._refusals(str(job["data"]["id"]), rows, failed) if failed else []

    def remove(self, list_id: str, rows: Sequence[Row]) -> list[Refusal]:
        """Take profiles off the list; they stay profiles, with consent of their own."""
        for start in range(0, len(rows), _TOGETHER):
            part = rows[start : start + _TOGETHER]
            # A list in JSON is written as Klaviyo's filters write lists.
            addresses = json.dumps([row["Email"] for row in part], ensure_ascii=False)
            found = self._get(
                f"lists/{list_id}/profiles",
                f"{len(part)} profiles of list {list_id}",
                {"filter": f"any(email,{addresses})", "page[size]": "100"},
            )["data"]
            if found:
                self._http.send(
                    "DELETE",
                    f"{self._root}/lists/{list_id}/relationships/profiles",
                    call=f"removal of {len(found)} profiles from list {list_id}",
                    json={
                        "data": [
                            {"type": "profile", "id": each["id"]} for each in found
                        ]
                    },
                    headers=_HEADERS,
                )
        return []

    def _find(self, name: str) -> str | None:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        answer = self._get("lists", "lists", {"filter": f'equals(name,"{quoted}")'})
        found = [str(each["id"]) for each in answer["data"]]
        return min(found) if found else None

    def _make(self, name: str) -> str:
        body = {"data": {"type": "list", "attributes": {"name": name}}}
        answer = self._post(self._once, "lists", f"list {name!r}", body)
        return str(answer["data"]["id"])

    def _finished(self, job: Mapping[str, Any], call: str) -> int:
        """Wait until the job is over; how many profiles it did not take."""
        waited = 0.0
        while job["attributes"]["status"] in {"queued", "processing"}:
            if waited >= _LONGEST_JOB_SECONDS:
                raise SourceError(
                    f"Klaviyo is still at it after {waited / 60:.0f} minutes",
                    call=call,
                    remedy="Push it again later: it goes on where it stopped.",
                )
            self._sleep(self._poll_seconds)
            waited += self._poll_seconds
            job = self._get(f"profile-bulk-import-jobs/{job['id']}", call)["data"]
        if job["attributes"]["status"] != "complete":
            raise SourceError(
                "Klaviyo cancelled it", call=call, remedy="Push it again."
            )
        return int(job["attributes"].get("failed_count") or 0)

    def _refusals(
        self, job_id: str, rows: Sequence[Row], failed_count: int
    ) -> list[Refusal]:
        places = {row["Email"]: place for place, row in enumerate(rows)}
        refused: dict[int, Refusal] = {}
        path = f"profile-bulk-import-jobs/{job_id}/import-errors"
        parameters: dict[str, str] = {"page[size]": "100"}
        while True:
            page = self._get(path, "import errors", parameters)
            for error in page["data"]:
                place = _place(error["attributes"], places)
                if place is not None and place < len(rows):
                    reason = without_people(str(error["attributes"].get("detail")))
                    refused[place] = Refusal(reason, place)
            cursor = _cursor(page.get("links") or {})
            if not cursor:
                break
            parameters = {"page[size]": "100", "page[cursor]": cursor}
        unnamed = failed_count - len(refused)
        rest = (
            [Refusal("Klaviyo did not say why", None, unnamed)] if unnamed > 0 else []
        )
        return [*refused.values(), *rest]

    def _get(
        self, path: str, call: str, parameters: Mapping[str, str] | None = None
    ) -> Any:
        return self._http.json(
            "GET",
            f"{self._root}/{path}",
            call=call,
            params=parameters,
            headers=_HEADERS,
        )

    def _post(self, http: HttpClient, path: str, call: str, body: Any) -> Any:
        return http.json(
            "POST", f"{self._root}/{path}", call=call, json=body, headers=_HEADERS
        )


_HEADERS = {"revision": REVISION, "accept": _MEDIA_TYPE, "content-type": _MEDIA_TYPE}


class _PrivateKey:
    def __init__(self, key: str) -> None:
        self._key = key

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Klaviyo-API-Key {self._key}"}

    def renew(self) -> bool:
        return False


def _profile(row: Row) -> dict[str, Any]:
    named = {"first_name": row["First Name"], "last_name": row["Last Name"]}
    return {
        "type": "profile",
        "attributes": {
            "email": row["Email"],
            # Klaviyo would keep the old value of what is sent empty, and says so.
            **{key: value for key, value in named.items() if value},
            "properties": {
                key: value
                for key, value in row.items()
                if key.startswith("timonel_") and value
            },
        },
    }


def _place(error: Mapping[str, Any], places: Mapping[str, int]) -> int | None:
    """Which row an error is about: by its pointer, or else by what was sent."""
    pointer = _INDEX.search(str((error.get("source") or {}).get("pointer") or ""))
    if pointer:
        return int(pointer[1])
    sent = error.get("original_payload") or {}
    email = sent.get("email") or (sent.get("attributes") or {}).get("email")
    return places.get(str(email))


def _cursor(links: Mapping[str, Any]) -> str:
    found = re.search(r"page(?:%5B|\[)cursor(?:%5D|\])=([^&]+)", str(links.get("next")))
    return unquote(found[1]) if found else ""


def _judge(response: requests.Response, call: str) -> Verdict | None:
    status = response.status_code
    if status == 429 or status >= 500 or status < 400:
        return None
    problem = f"Klaviyo says: {_error_text(response)} (HTTP {status})"
    if status in {401, 403}:
        return Fail(AccessDenied(problem, call=call, remedy=_NEW_KEY))
    return Fail(SourceError(problem, call=call))


def _error_text(response: requests.Response) -> str:
    """The details of a JSON:API error."""
    try:
        errors = msgspec.json.decode(response.content)["errors"]
        details = [str(e.get("detail") or e.get("title")) for e in errors]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return "nothing that can be read"
    return without_people("; ".join(details)).rstrip(".")
