"""Which lines of a log tell of somebody who was not let in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

__all__ = ["READ", "RefusedLogin", "of_metabase"]

# Postgres writes what goes on in a second line with a tab before it, so that a name
# with a line break in it makes no line that begins like these.
_OF_POSTGRES = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) (?:UTC|GMT|Etc/UTC) .*?FATAL:  "
    r"(?:\S+ authentication failed for user \"(?P<login>.*)\""
    r"|no pg_hba\.conf entry for .*user \"(?P<unlisted>[^\"]*)\".*"
    r"|role \"(?P<absent>.*)\" (?:is not permitted to log in|does not exist)"
    r"|permission denied for database .*)\Z"
)
_UNAUTHORISED = 401
# The first is logged of whatever fails to sign in; the second where requests are.
_OF_METABASE = re.compile(r"Authentication endpoint error|POST /api/session 401\b")


@dataclass(frozen=True)
class RefusedLogin:
    """Somebody was not let in: when, and under which login if the log says so."""

    at: datetime
    login: str | None = None


def _postgres(lines: Iterable[str]) -> Iterator[RefusedLogin]:
    for line in lines:
        found = _OF_POSTGRES.match(line)
        if found is None:
            continue
        at = datetime.fromisoformat(found["at"]).replace(tzinfo=UTC)
        yield RefusedLogin(at, found["login"] or found["unlisted"] or found["absent"])


def _dagster(lines: Iterable[str]) -> Iterator[RefusedLogin]:
    """Of the proxy that asks who it is: a browser's first question is no attempt."""
    for line in lines:
        try:
            told = json.loads(line)
            is_refused = told["status"] == _UNAUTHORISED
            if is_refused and "Authorization" in told["request"]["headers"]:
                yield RefusedLogin(datetime.fromtimestamp(float(told["ts"]), UTC))
        except (ValueError, KeyError, TypeError):
            continue  # the proxy's own words, or a line that a full disk cut


def of_metabase(entries: Iterable[Mapping[str, Any]]) -> dict[str, RefusedLogin]:
    """Attempts among what Metabase keeps of its log, by what tells them apart.

    Parameters
    ----------
    entries
        As ``/api/logger/logs`` gives them: ``timestamp``, ``msg``, ``process_uuid``.
    """
    found = {}
    for entry in entries:
        if _OF_METABASE.search(str(entry.get("msg", ""))):
            at = datetime.fromisoformat(str(entry["timestamp"]))
            found[f"{entry.get('process_uuid')}:{entry['timestamp']}"] = RefusedLogin(
                at
            )
    return found


READ: Mapping[str, Callable[[Iterable[str]], Iterator[RefusedLogin]]] = {
    "postgres": _postgres,
    "dagster": _dagster,
}
"""By the system, which is how the names of its log files begin."""
