"""The assets of a source: one run for many days, gates that block, no secret kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from orchestration.defs.ingestion.files import files
from orchestration.defs.ingestion.sources import _assets
from orchestration.lib.connections.connection_states import list_statuses
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.data_quality.contracts import expectations
from orchestration.lib.data_quality.landed_checks import KEYS_CHECK, ROWS_CHECK
from orchestration.lib.ingestion.raw_assets import READ_CHECK
from orchestration.lib.ingestion.unread_sources import unread_sources
from orchestration.lib.tenancy.partitions import CompanyDay, company_days, partition_key
from orchestration.lib.warehouse import warehouse as warehouse_module
from orchestration.lib.warehouse.warehouse import Warehouse
from tests.orchestration.conftest import ACME, DAYS, FAKE, ORDERS, Shop

_CHECK = "rows_equal_what_the_source_counted"
_MARKERS = {
    "access_token": "shpat_MARKER_access",
    "refresh_token": "MARKER_refresh",
    "client_secret": "MARKER_client",
}


@pytest.fixture
def _at_home(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMONEL_HOME", str(shop.settings.home))
    monkeypatch.setattr(warehouse_module, "_open", lambda settings: shop.url)


@pytest.fixture
def instance(_at_home: None) -> Iterator[dg.DagsterInstance]:
    """What happened, kept in memory."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", ["acme"])
        yield instance


@pytest.fixture
def filed(_at_home: None, shop: Shop) -> Iterator[dg.DagsterInstance]:
    """The same in files, as an installation keeps it."""
    folder = shop.settings.home / "dagster"
    folder.mkdir(parents=True)
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        instance.add_dynamic_partitions("companies", ["acme"])
        yield instance


def _materialize(
    instance: dg.DagsterInstance,
    *,
    tags: dict[str, str] | None = None,
    assets: list[dg.AssetsDefinition] | None = None,
    **company_day: str,
) -> dg.ExecuteInProcessResult:
    latest = partition_key("acme", ACME.last_complete_day(datetime.now(UTC)))
    definitions = dg.Definitions(
        assets=assets or [_assets(FAKE)],
        jobs=[dg.define_asset_job("read_it", dg.AssetSelection.all())],
        resources={"warehouse": Warehouse(), "company_day": CompanyDay()},
    )
    return definitions.resolve_job_def("read_it").execute_in_process(
        instance=instance,
        partition_key=None if tags else latest,
        tags=tags,
        run_config={"resources": {"company_day": {"config": company_day}}},
        raise_on_error=False,
    )


def _row_counts(result: dg.ExecuteInProcessResult) -> list[object]:
    return [
        event.step_materialization_data.materialization.metadata[
            "dagster/row_count"
        ].value
        for event in result.get_asset_materialization_events()
    ]


def _check(
    result: dg.ExecuteInProcessResult, name: str = _CHECK
) -> tuple[bool, str | None]:
    (evaluation,) = (
        each for each in result.get_asset_check_evaluations() if each.check_name == name
    )
    return evaluation.passed, evaluation.description


def _range(first: str, last: str) -> dict[str, str]:
    return {
        "dagster/asset_partition_range_start": f"acme|{first}",
        "dagster/asset_partition_range_end": f"acme|{last}",
    }


def test_the_latest_partition_reads_what_is_new(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()

    result = _materialize(instance)

    assert result.success
    assert sorted(map(str, _row_counts(result))) == ["2", "2", "3"]
    assert _check(result) == (True, "Everything landed as the source counted it.")
    assert shop.rows("select count(*) from ops.singer_bookmarks") == [(1,)]


def test_a_company_without_the_source_runs_through(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    result = _materialize(instance)

    assert result.success
    assert _row_counts(result) == [0, 0, 0]
    assert _check(result) == (True, "Not connected.")


def test_older_partitions_are_one_run_over_exactly_their_days(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()
    shop.holds(
        orders=[],
        days=[{**DAYS[0], "date": f"2026-03-{day:02}"} for day in range(1, 9)],
    )

    result = _materialize(instance, tags=_range("2026-03-03", "2026-03-05"))

    assert result.success
    assert shop.rows(
        "select min(date)::text, max(date)::text from raw_shopify.campaign_days"
    ) == [("2026-03-03", "2026-03-05")]
    assert shop.rows("select count(*) from ops.singer_bookmarks") == [(0,)]
    keys = instance.get_materialized_partitions(dg.AssetKey(["raw_shopify", "orders"]))
    assert len(keys) == 3


def test_a_restated_month_is_one_run_that_replaces_that_month_alone(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (2, 3) for day in (1, 15, 28)]
    shop.connect()
    shop.holds(orders=[], days=[{**DAYS[0], "date": day, "spend": 1} for day in days])
    _materialize(instance, tags=_range("2026-02-01", "2026-03-31"))
    # The platform counts both months anew; only March is asked for again.
    shop.holds(orders=[], days=[{**DAYS[0], "date": day, "spend": 7} for day in days])

    result = _materialize(instance, tags=_range("2026-03-01", "2026-03-31"))

    assert result.success
    assert shop.rows(
        """select date_trunc('month', date::date)::date::text, sum(spend)::int
        from raw_shopify.campaign_days group by 1 order by 1"""
    ) == [("2026-02-01", 3), ("2026-03-01", 21)]
    assert shop.rows("select count(*) from ops.singer_bookmarks") == [(0,)]


def test_days_may_be_asked_for_by_configuration(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()

    _materialize(instance, read_from="2026-01-02", read_to="2026-01-02")

    assert shop.rows("select id from raw_shopify.orders") == [("2",)]


def test_yesterday_is_the_latest_partition_and_the_day_before_is_not() -> None:
    today = datetime(2026, 11, 21, tzinfo=UTC).date()
    yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
    company_day = CompanyDay()

    assert company_day.days_to_read_again([yesterday], yesterday) is None
    assert company_day.days_to_read_again([today], yesterday) is None
    assert company_day.days_to_read_again([before], yesterday) == (before, before)
    assert company_day.days_to_read_again([yesterday, before], yesterday) == (
        before,
        yesterday,
    )


def test_missing_rows_block_and_say_which(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()
    shop.holds(missing=1)

    result = _materialize(instance)

    assert not result.success
    passed, description = _check(result)
    assert not passed
    assert description is not None
    assert "acme, Fake: campaign_days of a, 2026-01-01: 1 rows landed" in description
    assert "timonel run --company acme --source shopify --from" in description
    (status,) = list_statuses(shop.url)
    assert (status.state, status.last_error) == ("failing", description)

    shop.holds()
    assert _materialize(instance).success
    (status,) = list_statuses(shop.url)
    assert (status.state, status.last_error) == ("healthy", None)


def test_a_failed_comparison_is_not_forgotten_by_the_next_run(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()
    shop.holds(missing=1)
    _materialize(instance)
    shop.holds(orders=ORDERS, days=[])

    assert not _materialize(instance).success

    shop.holds()
    assert _materialize(instance).success


_LOSES_A_KEY = """
    create function public.lose_a_key() returns trigger language plpgsql as $$
    begin
        if new.id = '2' then new.id := ' '; end if;
        return new;
    end $$;
    create trigger lose_a_key before insert on raw_shopify.orders
        for each row execute function public.lose_a_key();
"""


class TestRowsThatLanded:
    def test_keep_the_contract(self, shop: Shop, instance: dg.DagsterInstance) -> None:
        shop.connect()

        result = _materialize(instance)

        said = "Every row that landed keeps it."
        assert _check(result, KEYS_CHECK) == (True, said)
        assert _check(result, ROWS_CHECK) == (True, said)

    def test_that_are_impossible_are_told_once_and_hold_up_nothing(
        self, shop: Shop, instance: dg.DagsterInstance
    ) -> None:
        shop.connect()
        shop.holds(orders=[ORDERS[0], {**ORDERS[1], "total_price": -20}])

        result = _materialize(instance)
        again = _materialize(instance)

        assert result.success
        passed, said = _check(result, ROWS_CHECK)
        assert not passed
        assert said is not None
        assert (
            "acme, Fake: orders: 1 row does not keep: total_price is from 0 to 1e+12, "
            "such as id=2." in said
        )
        assert "timonel run --company acme --source shopify --from DATE" in said
        assert _check(again, ROWS_CHECK) == (True, "Nothing landed.")

    def test_without_a_key_block_until_they_are_put_right(
        self, shop: Shop, instance: dg.DagsterInstance
    ) -> None:
        shop.connect()
        shop.holds(orders=[])
        assert _materialize(instance).success
        # The loader sets aside what comes without one: this lost it on the way.
        with psycopg.connect(shop.url) as admin:
            admin.execute(_LOSES_A_KEY)
        shop.holds()

        assert not _materialize(instance).success
        result = _materialize(instance)

        assert not result.success
        passed, said = _check(result, KEYS_CHECK)
        assert not passed
        assert "orders: 1 row does not keep: id is filled in" in str(said)
        (status,) = list_statuses(shop.url)
        assert (status.state, status.last_error) == ("failing", said)
        with psycopg.connect(shop.url) as admin:
            admin.execute("drop function public.lose_a_key cascade")
        shop.rows("delete from raw_shopify.orders where id = ' ' returning 1")
        assert _materialize(instance).success

    def test_cost_nothing_to_judge_when_there_are_none(
        self,
        shop: Shop,
        instance: dg.DagsterInstance,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shop.connect()
        _materialize(instance)

        def refuse() -> None:
            raise AssertionError("Great Expectations was imported for nothing.")

        monkeypatch.setattr(expectations, "_great_expectations", refuse)

        assert _check(_materialize(instance), ROWS_CHECK) == (True, "Nothing landed.")


def test_a_source_that_fails_later_is_red_and_lets_the_marts_go_on(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()
    _materialize(instance)
    shop.connect(refuses="the token expired.")

    @dg.asset(
        key=["marts", "orders"],
        deps=[["raw_shopify", "orders"]],
        partitions_def=company_days,
    )
    def mart() -> None:
        """Whatever is made of the source."""

    result = _materialize(instance, assets=[_assets(FAKE), mart])

    assert result.success
    passed, reason = _check(result, READ_CHECK)
    assert not passed
    assert reason is not None
    assert "the token expired." in reason
    keys = {event.asset_key for event in result.get_asset_materialization_events()}
    assert dg.AssetKey(["marts", "orders"]) in keys


def test_predictions_wait_for_orders_that_are_missing_and_for_nothing_else(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect()
    _materialize(instance)
    today = datetime.now(UTC).date()
    last_week = today - timedelta(days=7)
    shop.connect(refuses="the token expired.")
    _materialize(instance)

    with psycopg.connect(shop.url) as admin:
        admin.execute("update ops.connections set last_read_at = %s", (last_week,))
    feeding = replace(FAKE, feeds=("orders",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SOURCES, "shopify", feeding)
        missing = unread_sources(shop.url, ACME, today - timedelta(days=1), "orders")
        complete = unread_sources(shop.url, ACME, today - timedelta(days=9), "orders")
        other = unread_sources(shop.url, ACME, today - timedelta(days=1), "media")

    assert "acme/shop was last read on" in missing
    assert "the token expired." in missing
    assert "timonel connect remove shop --company acme" in missing
    assert complete == ""
    assert other == ""


def test_a_company_that_was_removed_meanwhile_is_named(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    with psycopg.connect(shop.url) as admin:
        admin.execute("delete from ops.companies where company_id = 'acme'")

    result = _materialize(instance)

    assert not result.success
    (failure,) = (e for e in result.all_events if e.is_step_failure)
    error = failure.step_failure_data.error
    assert error is not None
    assert error.cause is not None
    assert "There is no company 'acme'" in error.cause.message


def test_a_source_that_fails_leaves_the_other_assets_alone(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.connect(refuses="the shop is frozen.")
    with psycopg.connect(shop.url) as admin:
        admin.execute("set role loader")
        admin.execute("create schema raw_files")
        for table in SOURCES["files"].tables:
            statement = f"create table raw_files.{table.name} (company_id text)"
            admin.execute(statement.encode())

    result = _materialize(instance, assets=[_assets(FAKE), files])

    failed = [event.step_key for event in result.all_events if event.is_step_failure]
    assert failed == ["shopify"]
    landed = result.get_asset_materialization_events()
    assert len(landed) == len(SOURCES["files"].tables)


def test_a_secret_that_a_tap_blurts_out_is_kept_nowhere(
    shop: Shop, filed: dg.DagsterInstance, capfd: pytest.CaptureFixture[str]
) -> None:
    shop.connect("chatty", secrets=_MARKERS | _lasting(), is_chatty=True)
    shop.connect("quiet", secrets=_MARKERS | _lasting())

    result = _materialize(filed)

    assert _check(result, READ_CHECK)[0] is False
    filed.dispose()
    said = capfd.readouterr()
    places = {"terminal": (said.out + said.err).encode()} | _files(shop.settings.home)
    places |= {"database": _dump(shop).encode()}
    assert len(places) > 3
    for name, content in places.items():
        assert b"MARKER" not in content, name
    assert b"refused ***" in places["database"]


def _lasting() -> dict[str, str]:
    ends = datetime.now(UTC) + timedelta(hours=1)
    return {"access_token_expires_at": ends.isoformat()}


def _files(folder: Path) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def _dump(shop: Shop) -> str:
    """Every table of ops and of the source, the ciphertext aside."""
    tables = shop.rows(
        """select schemaname || '.' || tablename from pg_tables
        where schemaname in ('ops', 'raw_shopify')"""
    )
    return "\n".join(
        str(shop.rows(f"select to_jsonb(t) - 'encrypted_secrets' from {table} as t"))
        for (table,) in tables
    )
