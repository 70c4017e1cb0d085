"""The database gives up in the middle: nothing is half-written, a second run heals.

The refusals are those of a real server: restarted while it is written to, and raising
what it raises when its disk is full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.connections import sources
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.ingestion import SourceReader
from orchestration.lib.tenancy.companies import add_company
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from orchestration.lib.warehouse.server_errors import with_advice
from tests.conftest import NewServer
from tests.orchestration.conftest import ACME, FAKE, Shop

_ORDERS = "select id, total_price from raw_shopify.orders order by 1"
_DAYS = """select date::text, campaign_id, spend from raw_shopify.campaign_days
    order by 1, 2"""
# What the server says, and under which code, when a table cannot grow.
_DISK_FULL = """
    create function public.no_space() returns trigger language plpgsql as $$
    begin
        raise exception 'could not extend file "base/5/16384": No space left on device'
            using errcode = '53100', hint = 'Check free disk space.';
    end $$
"""


class TestAFullDisk:
    def test_undoes_the_batch_says_what_to_do_and_a_second_run_succeeds(
        self, shop: Shop
    ) -> None:
        shop.connect()
        shop.read()
        before = shop.rows(_ORDERS), shop.rows(_DAYS)
        bookmark = shop.rows("select state from ops.singer_bookmarks")
        new = {"id": "3", "updated_at": "2026-01-03T10:00:00Z", "total_price": 30}
        shop.holds(orders=[new])
        self._fill(shop)

        (failure,) = shop.read().failures

        assert "No space left on device" in failure
        assert "Free space there or give it a larger disk, then run again" in failure
        assert (shop.rows(_ORDERS), shop.rows(_DAYS)) == before
        assert shop.rows("select state from ops.singer_bookmarks") == bookmark
        assert shop.rows("select state from ops.connections") == [("failing",)]

        with psycopg.connect(shop.url) as admin:
            admin.execute("drop function public.no_space cascade")
        assert shop.read().failures == ()
        assert [id_ for id_, _ in shop.rows(_ORDERS)] == ["1", "2", "3"]

    @staticmethod
    def _fill(shop: Shop) -> None:
        with psycopg.connect(shop.url) as admin:
            admin.execute(_DISK_FULL)
            admin.execute(
                """create trigger no_space before insert on raw_shopify.orders
                for each row execute function public.no_space()"""
            )


@pytest.fixture
def server(new_server: NewServer) -> Iterator[EmbeddedPostgres]:
    """A server of one's own, which may be restarted."""
    with new_server() as server:
        server.start()
        yield server


def test_a_server_restarted_in_the_middle_of_a_read_costs_a_second_run(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sources.SOURCES, "shopify", FAKE)
    url = server.url()
    add_company(url, ACME)
    shop = Shop(url, Settings(tmp_path / "home", url), tmp_path / "source.json")
    shop.holds()
    shop.connect()

    def restart(line: str) -> None:
        if line == "orders: reading":
            server.stop()
            server.start()

    reader = SourceReader(url, shop.settings, FAKE, "run-0", restart)
    told = _failure(reader)

    assert "The database was stopped or restarted meanwhile" in with_advice(told)
    # It comes back in a thread of its own, perhaps on another port: wait for it.
    shop = replace(shop, url=server.start())
    assert shop.read().failures == ()
    assert [str(total) for _, total in shop.rows(_ORDERS)] == ["10.5", "20"]
    assert len(shop.rows(_DAYS)) == 3
    outcomes = {row[0] for row in shop.rows("select outcome from ops.connection_reads")}
    assert "started" not in outcomes
    assert "succeeded" in outcomes


def _failure(reader: SourceReader) -> str:
    """How the read ends: told as its failure, or raised when nothing can be noted."""
    try:
        return "\n".join(reader.read(ACME, None).failures)
    except psycopg.OperationalError as failure:
        return str(failure)


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("could not extend file: No space left on device", "Free space there"),
        ('temporary file size exceeds "temp_file_limit" (1MB)', "Free space there"),
        (
            "terminating connection due to administrator command",
            "Run again once it answers",
        ),
        ("server closed the connection unexpectedly", "Run again once it answers"),
        (
            "terminating connection due to immediate shutdown command",
            "Run again once it answers",
        ),
        ("the database system is in recovery mode", "Run again once it answers"),
    ],
)
def test_what_the_server_says_is_followed_by_what_to_do_once(
    said: str, remedy: str
) -> None:
    told = with_advice(f"Database Error in model orders\n  {said}")

    assert told.startswith("Database Error in model orders")
    assert told.count(remedy) == with_advice(told).count(remedy) == 1


def test_other_failures_are_left_as_they_are() -> None:
    assert with_advice("The token ran out.") == "The token ran out."


def test_the_real_limit_of_temporary_files_is_recognised(database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute("set temp_file_limit = '64kB'")
        admin.execute("set work_mem = '64kB'")
        with pytest.raises(psycopg.Error) as refused:
            admin.execute(
                "select count(*) from (select g::text from generate_series(1, 200000) g"
                " order by 1 offset 0) as sorted"
            )

    assert "Free space there" in with_advice(str(refused.value))
