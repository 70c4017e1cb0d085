"""Failed logins of Postgres, Dagster and Metabase, counted for whom they concern.

Where they are found: the log of the embedded server; ``postgres*`` and ``dagster*``
below the folder ``TIMONEL_LOGS``; what Metabase at ``METABASE_URL`` keeps of its log.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import requests

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.access_logs import READ, RefusedLogin, of_metabase
from orchestration.lib.warehouse.database import connect, embedded_postgres

__all__ = ["Found", "MetabaseLog", "read_logs", "save", "watched_files"]

_MOST_BYTES = 4 * 1024 * 1024
_SECONDS = 10
# Logins of one company; the rest are everybody's.
_OWN = ("bi_", "actions_", "lab_")

Positions = dict[str, tuple[int, int]]


@dataclass
class Found:
    """What logs told: attempts by (system, part of its log), and how far they are read.

    ``positions`` are by the file's path: its inode, and the byte that comes next.
    """

    attempts: dict[tuple[str, str], list[RefusedLogin]] = field(default_factory=dict)
    positions: Positions = field(default_factory=dict)


def watched_files(settings: Settings) -> list[tuple[str, Path]]:
    """The logs there are, with the system that writes each."""
    found = []
    if settings.database_url is None and embedded_postgres(settings).home.exists():
        log = embedded_postgres(settings).state / "data" / "server.log"
        found.append(("postgres", log))
    if settings.logs is not None:
        found += [
            (system, path)
            for system in READ
            for path in sorted(settings.logs.rglob(f"{system}*"))
        ]
    return [(system, path) for system, path in found if path.is_file()]


def read_logs(files: Iterable[tuple[str, Path]], positions: Positions) -> Found:
    """Read what is new, whole lines only, some megabytes of a file at once.

    What stands in a log before it is first looked at is history, and not told. A file
    that comes later, or in place of another, is read from its beginning.

    Parameters
    ----------
    positions
        As they were given back the last time; empty at first.
    """
    found = Found()
    for system, path in files:
        inode = path.stat().st_ino
        size = path.stat().st_size
        known = positions.get(str(path))
        start = 0 if positions else size
        if known is not None and known[0] == inode and known[1] <= size:
            start = known[1]
        with path.open("rb") as log:
            log.seek(start)
            part = log.read(_MOST_BYTES)
        whole = part[: part.rfind(b"\n") + 1]
        # A line longer than that is none of ours.
        end = start + (
            len(part) if len(part) == _MOST_BYTES and not whole else len(whole)
        )
        found.positions[str(path)] = (inode, end)
        lines = whole.decode("utf-8", "replace").split("\n")
        if attempts := list(READ[system](lines)):
            found.attempts[system, f"{inode}:{start}"] = attempts
    return found


class MetabaseLog:
    """The last lines of a Metabase's log, asked for as its administrator.

    Metabase keeps them in memory, 250 of them; which logins failed is an error there.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._url = (environment.get("METABASE_URL") or "").rstrip("/")
        self._key = environment.get("METABASE_API_KEY") or ""
        self._account = {
            "username": environment.get("METABASE_ADMIN_EMAIL") or "",
            "password": environment.get("METABASE_ADMIN_PASSWORD") or "",
        }
        self._session = requests.Session()

    @property
    def is_there(self) -> bool:
        """Whether there is a server to ask and somebody to ask as."""
        return bool(self._url and (self._key or all(self._account.values())))

    def attempts(self) -> dict[tuple[str, str], list[RefusedLogin]]:
        """Those among what it still knows, by (system, what tells them apart).

        Raises
        ------
        requests.RequestException
            It does not answer, or not to this account.
        """
        answer = self._get_log()
        if answer.status_code == requests.codes.unauthorized and not self._key:
            self._sign_in()
            answer = self._get_log()
        answer.raise_for_status()
        return {
            ("metabase", key): [attempt]
            for key, attempt in of_metabase(answer.json()).items()
        }

    def _get_log(self) -> requests.Response:
        if self._key:
            self._session.headers["X-API-Key"] = self._key
        return self._session.get(f"{self._url}/api/logger/logs", timeout=_SECONDS)

    def _sign_in(self) -> None:
        answer = self._session.post(
            f"{self._url}/api/session", json=self._account, timeout=_SECONDS
        )
        answer.raise_for_status()
        self._session.headers["X-Metabase-Session"] = answer.json()["id"]


def save(url: str, attempts: Mapping[tuple[str, str], Iterable[RefusedLogin]]) -> int:
    """Count the attempts for whom they concern; the same part again changes nothing.

    A login of one company is that company's affair and nobody else's. Any other is
    told to the companies that run the platform (`timonel company set --operator`), and
    while nobody does, to all.

    Returns
    -------
    int
        How many attempts there were.
    """
    total = 0
    with connect(url, "orchestrator") as database:
        concerned = _Concerned(*database.execute(_COMPANIES).fetchall()[0])
        counted: Counter[tuple[str, str, str, datetime]] = Counter()
        for (system, part), those in attempts.items():
            for attempt in those:
                total += 1
                minute = attempt.at.replace(second=0, microsecond=0)
                for company in concerned.by(attempt.login):
                    counted[company, system, part, minute] += 1
        with database.cursor() as cursor:
            cursor.executemany(
                _SAVE, [(*where, count) for where, count in counted.items()]
            )
    return total


@dataclass(frozen=True)
class _Concerned:
    """Ids of all companies, and of those that are told of what is nobody's."""

    companies: list[str]
    operators: list[str]

    def by(self, login: str | None) -> list[str]:
        """Whose affair an attempt under this login is."""
        for prefix in _OWN:
            if login is not None and login.startswith(prefix):
                owner = login.removeprefix(prefix)
                return [owner] if owner in self.companies else self.operators
        return self.operators


_COMPANIES = """
select coalesce(array_agg(company_id), '{}'),
    coalesce(
        array_agg(company_id) filter (where is_operator),
        array_agg(company_id) filter (where plan <> 'agency'),
        '{}'
    )
from ops.companies
"""
# A company may have left since.
_SAVE = """
insert into ops.refused_logins (company_id, system_name, log_part, refused_at,
    refusal_count)
select company_id, asked.system_name, asked.log_part, asked.at, asked.refused
from (values (%s, %s, %s, %s::timestamptz, %s::bigint))
    as asked (company_id, system_name, log_part, at, refused)
inner join ops.companies using (company_id)
on conflict (company_id, system_name, log_part, refused_at) do update set
    refusal_count = excluded.refusal_count,
    written_at = now()
where refused_logins.refusal_count < excluded.refusal_count
"""
