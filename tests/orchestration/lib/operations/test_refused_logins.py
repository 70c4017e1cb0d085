"""Who was not let in is found in logs, counted once, and told to whom it concerns."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.access_logs import READ, RefusedLogin, of_metabase
from orchestration.lib.operations.refused_logins import (
    read_logs,
    save,
    watched_files,
)
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_settings import change_settings

AT = datetime(2026, 11, 27, 10, 0, 5, tzinfo=UTC)
LINE = "2026-11-27 10:00:05.120 UTC [77] FATAL:  "
WRONG = LINE + 'password authentication failed for user "{}"\n'


def _save(url: str, *logins: str | None, part: str = "1:0") -> None:
    save(url, {("postgres", part): [RefusedLogin(AT, each) for each in logins]})


def _counted(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(
            """select company_id, sum(refusal_count)::int from ops.refused_logins
            group by 1 order by 1"""
        ).fetchall()


@pytest.fixture
def two(database_url: str) -> str:
    for company in ("acme", "bolt"):
        add_company(database_url, Company(company, company, "EUR", "UTC"))
    return database_url


def test_a_login_of_one_company_is_nobody_elses_affair(two: str) -> None:
    _save(two, "bi_acme", "bi_acme", "actions_acme", "lab_bolt")

    assert _counted(two) == [("acme", 3), ("bolt", 1)]


def test_what_is_nobodys_is_told_to_all_or_to_who_runs_the_platform(two: str) -> None:
    # A name with an underscore in front is no company's either.
    _save(two, "postgres", "bi_nobody", None)
    assert _counted(two) == [("acme", 3), ("bolt", 3)]

    change_settings(two, "bolt", is_operator=True)
    _save(two, "timonel", "bi_acme", part="1:900")
    assert _counted(two) == [("acme", 4), ("bolt", 4)]


def test_a_part_that_is_read_twice_counts_once(two: str) -> None:
    _save(two, "bi_acme")
    _save(two, "bi_acme", "bi_acme")
    _save(two, "bi_acme")

    assert _counted(two) == [("acme", 2)]


def test_a_log_is_read_on_whole_line_by_whole_line(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text(WRONG.format("before"))
    files = [("postgres", log)]
    first = read_logs(files, {})
    with log.open("a") as more:
        more.write(WRONG.format("bi_acme") + WRONG.format("bi_bolt")[:-9])
    second = read_logs(files, first.positions)
    with log.open("a") as more:
        more.write(WRONG.format("bi_bolt")[-9:])
    third = read_logs(files, second.positions)
    nothing = read_logs(files, third.positions)
    log.rename(tmp_path / "kept")
    log.write_text(WRONG.format("anew"))
    rotated = read_logs(files, third.positions)

    told = [
        [one.login for those in each.attempts.values() for one in those]
        for each in (first, second, third, nothing, rotated)
    ]
    # What was there before anybody looked is history.
    assert told == [[], ["bi_acme"], ["bi_bolt"], [], ["anew"]]


@pytest.mark.parametrize(
    ("said", "logins"),
    [
        ('password authentication failed for user "x"', ["x"]),
        ('no pg_hba.conf entry for host "1.2.3.4", user "y", database "z"', ["y"]),
        ('role "w" is not permitted to log in', ["w"]),
        ('permission denied for database "dagster"', [None]),
        ('too many connections for role "bi_acme"', []),
        ("terminating connection due to administrator command", []),
        ('password authentication failed for user "a\n\t' + LINE, []),
    ],
)
def test_lines_of_postgres(said: str, logins: list[str | None]) -> None:
    lines = f"{LINE}{said}\n{LINE[:-8]}DETAIL:  more".split("\n")

    assert [each.login for each in READ["postgres"](lines)] == logins


def test_only_who_gave_a_password_tried_to_get_into_dagster() -> None:
    asked = {"ts": AT.timestamp(), "status": 401, "request": {"headers": {}}}
    tried = asked | {"request": {"headers": {"Authorization": ["REDACTED"]}}}
    lines = [json.dumps(one) for one in (asked, tried, tried | {"status": 200})]

    assert list(READ["dagster"](["", *lines, '{"ts'])) == [RefusedLogin(AT)]


def test_attempts_at_metabase_are_told_apart_by_their_moment() -> None:
    entry = {"timestamp": "2026-11-27T10:00:05Z", "process_uuid": "p", "level": "ERROR"}
    entries = [
        entry | {"msg": "Authentication endpoint error"},
        entry | {"msg": "GET /api/card/1 404"},
    ]
    assert of_metabase(entries) == {"p:2026-11-27T10:00:05Z": RefusedLogin(AT)}


def test_postgres_own_log_tells_of_a_wrong_password(
    database_url: str, tmp_path: Path
) -> None:
    add_company(database_url, Company("acme", "acme", "EUR", "UTC"))
    with psycopg.connect(database_url) as database:
        row = database.execute("show data_directory").fetchone()
    assert row is not None
    log = Path(row[0]) / "server.log"
    (tmp_path / "postgres.log").symlink_to(log)
    files = watched_files(Settings(tmp_path, database_url, logs=tmp_path))
    before = read_logs(files, {})
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(make_conninfo(database_url, user="bi_acme", password="wrong"))
    found = read_logs(files, before.positions)

    logins = [one.login for those in found.attempts.values() for one in those]
    assert "bi_acme" in logins
