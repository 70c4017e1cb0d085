"""A database that gives up in the middle of a run: nothing is half-written."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg

from tests.end_to_end.conftest import FIRST, SECOND, Timonel, final_tables

_OF_CUSTOMER_VALUE = (
    *("predictions_customer", "predictions_customer_history"),
    *("model_parameters", "gate_results"),
)
# What the server says, and under which code, when a table cannot grow.
_DISK_FULL = """
    create function public.no_space() returns trigger language plpgsql as $$
    begin
        if new.company_id = 'tienda' then
            raise exception
                'could not extend file "base/5/16384": No space left on device'
                using errcode = '53100', hint = 'Check free disk space.';
        end if;
        return new;
    end $$;
    create trigger no_space before insert on predictions.predictions_customer
        for each row execute function public.no_space();
"""
_RUNS = "select status, message from ops.runs where company_id = %s order by started_at"
# To every client, what a restart of the server is: in the middle of a model of dbt.
_HANG_UP = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and exists (
        select from pg_stat_activity as at_work
        where at_work.datname = current_database()
            and at_work.application_name = 'dbt' and at_work.state = 'active'
            and at_work.query like '%%model.timonel.%%'
    )
"""


def test_a_disk_that_fills_while_predictions_are_published_keeps_the_last_good_ones(
    predicted_timonel: Timonel,
) -> None:
    timonel = predicted_timonel
    before = _values(timonel, "tienda")
    assert all(before)
    assert _values(timonel, "calm") == before
    with psycopg.connect(timonel.url) as admin:
        admin.execute(_DISK_FULL)

    said = timonel.run("run", "--as-of", SECOND, exit_code=1)

    assert "Free space there or give it a larger disk, then run again" in said
    assert _values(timonel, "tienda") == before
    assert _values(timonel, "calm") != before

    with psycopg.connect(timonel.url) as admin:
        admin.execute("drop function public.no_space cascade")
    timonel.run("run", "--company", "tienda", "--as-of", SECOND)
    assert final_tables(timonel, "tienda") == final_tables(timonel, "calm")


def test_a_database_restarted_while_dbt_builds_costs_a_second_run(
    predicted_timonel: Timonel,
    export: Path,
    killers: list[subprocess.Popen[str]],
) -> None:
    timonel = predicted_timonel
    timonel.run("company", "add", "hit")
    timonel.run("connect", "files", str(export), "--company", "hit")
    run = timonel.start("run", "--company", "hit", "--as-of", FIRST)
    killers.append(run)
    while not timonel.rows(_HANG_UP):
        assert run.poll() is None, "it ended before dbt began"
        time.sleep(0.01)
    said, _ = run.communicate()

    assert run.returncode == 1
    assert "The database was stopped or restarted meanwhile" in said
    # A server that is back is told how the run ended.
    (failed,) = timonel.rows(_RUNS, "hit")
    assert failed[0] == "failed"
    assert failed[1]

    timonel.run("run", "--company", "hit", "--as-of", FIRST)
    assert final_tables(timonel, "hit") == final_tables(timonel, "calm")
    assert timonel.rows(_RUNS, "hit") == [failed, ("succeeded", None)]


def _values(timonel: Timonel, company_id: str) -> list[list[tuple[object, ...]]]:
    tables = final_tables(timonel, company_id)
    return [tables[f"predictions.{name}"] for name in _OF_CUSTOMER_VALUE]
