"""The tap, the loader and the sandbox's Search Console, together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import google_oauth, search_console
from sandbox.search_console.sites import BIG_SITE
from sandbox.simulation.companies import ANDES, TIENDA_NORTE, Company
from sandbox.simulation.records import SiteDay
from sandbox.simulation.world import World
from taps.api_source.errors import AccessDenied, SourceError
from taps.tap_search_console.tap import TapSearchConsole
from tests.sandbox.ads_world import add_site_days, days_before, make_world
from tests.sandbox.serving import serving
from tests.taps.tap_runs import Output, Run, sync
from tests.taps.target_postgres.singer import Loader, lines

_DAYS = 8


def _site_day(company: Company, ago: int, **changes: Any) -> SiteDay:
    figures = {
        "clicks": 120 + ago,
        "impressions": 3_000 + ago,
        "position": 8.4,
        "brand_share": 0.4,
        "is_final": ago > 3,
    }
    return SiteDay(
        site_url=company.site_url, date=days_before(ago), **(figures | changes)
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two companies: five settled days, three that are still coming in."""
    world = make_world(tmp_path)
    for company in (TIENDA_NORTE, ANDES):
        days = [_site_day(company, ago) for ago in range(_DAYS, 0, -1)]
        add_site_days(world, company, *days)
    with serving(world, search_console.routes, google_oauth.routes):
        yield world


def _settings(world: World, company: Company = TIENDA_NORTE, **more: Any) -> Any:
    found = world.credentials(company.slug, "search_console")
    start = {"start_date": days_before(_DAYS).isoformat()}
    return {**found.settings, **found.secrets, **start, **more}


def _read(world: World, state: Any = None, **more: Any) -> Output:
    return sync(TapSearchConsole, _settings(world, **more), state)


def _clicks(output: Output, stream: str) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in output.records(stream):
        totals[row["date"]] = totals.get(row["date"], 0) + row["clicks"]
    return totals


def _settled() -> dict[str, int]:
    return {days_before(n).isoformat(): 120 + n for n in range(_DAYS, 3, -1)}


def test_the_settled_days_are_read_and_their_totals_are_the_worlds(
    world: World,
) -> None:
    output = _read(world)

    assert _clicks(output, "site_days") == _settled()
    assert _clicks(output, "country_device_days") == _settled()
    by_query = _clicks(output, "query_days")
    assert all(0 < by_query[day] <= clicks for day, clicks in _settled().items())
    assert any(row["is_brand"] for row in output.records("query_days"))


def test_fresh_days_are_read_on_demand_and_not_called_final(world: World) -> None:
    rows = _read(world, data_state="all").records("site_days")

    assert [row["is_final"] for row in rows] == [True] * 5 + [False] * 3


def test_the_ceiling_of_a_large_property_is_reached_and_its_total_is_right(
    world: World,
) -> None:
    day = days_before(5).isoformat()

    output = _read(world, site_urls=[BIG_SITE], start_date=day, end_date=day)

    assert len(output.records("query_days")) == 50_000
    (total,) = output.records("site_days")
    assert total["clicks"] == _clicks(output, "country_device_days")[day]
    assert total["clicks"] > _clicks(output, "query_days")[day]


@pytest.mark.parametrize("kind", ["page_repeated", "page_missing", "duplicate_ids"])
@pytest.mark.parametrize("after", [0, 3, 5])
def test_a_fault_that_passes_leaves_exactly_the_right_rows(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str, after: int
) -> None:
    for module in ("client", "reading"):
        monkeypatch.setattr(f"taps.tap_search_console.{module}.ROW_LIMIT", 100)
    day = days_before(5).isoformat()
    settings = {"start_date": day, "end_date": day}
    right = _read(world, **settings).records("query_days")
    fault = {"kind": kind, "path_contains": "query", "times": 1, "after": after}
    world.faults.switch_on(fault)

    rows = _read(world, **settings).records("query_days")

    assert len(right) > 100
    assert _without_read_at(rows) == _without_read_at(right)


def test_a_fault_that_stays_fails_the_run_without_a_bookmark(world: World) -> None:
    world.faults.switch_on(
        {"kind": "duplicate_ids", "path_contains": "query", "times": None}
    )
    run = Run(TapSearchConsole, _settings(world))

    with pytest.raises(SourceError, match="come twice, even when read a second time"):
        run.sync()

    assert run.output.records("site_days") == []
    assert "partitions" not in str(run.output.state)


def test_a_token_that_dies_on_the_way_is_renewed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_days = TapSearchConsole.read_days

    def two_hours_later(tap: TapSearchConsole) -> None:
        assert tap.permission_levels
        world.clock.shift(timedelta(hours=2))
        read_days(tap)

    monkeypatch.setattr(TapSearchConsole, "read_days", two_hours_later)

    assert _clicks(_read(world), "site_days") == _settled()


def test_a_revoked_grant_says_to_connect_again(world: World) -> None:
    settings = _settings(world, refresh_token="1//revoked")

    with pytest.raises(AccessDenied, match="Connect the source again"):
        sync(TapSearchConsole, settings)


def test_a_restated_window_changes_exactly_its_days(
    world: World, database_url: str
) -> None:
    loader = Loader(database_url)

    def load(output: Output) -> None:
        loader.load(lines(output.messages), schema="raw_search_console")

    def clicks() -> dict[date, int]:
        return {
            row["date"]: row["clicks"]
            for row in loader.rows(
                "select date, clicks::int from raw_search_console.site_days"
            )
        }

    first = _read(world)
    load(first)
    before = clicks()
    restated = [_site_day(TIENDA_NORTE, ago, clicks=50) for ago in (5, 4)]
    add_site_days(world, TIENDA_NORTE, *restated)

    load(_read(world, first.state))

    changed = {day for day in before if clicks()[day] != before[day]}
    assert changed == {days_before(5), days_before(4)}
    # Fewer clicks, fewer queries: what was not read again is gone.
    assert loader.column(
        """select count(*) from raw_search_console.slices as slices
        where row_count <> (
            select count(*) from raw_search_console.query_days as queries
            where queries.site_url = slices.site_url and queries.date = slices.date
        ) and stream_name = 'query_days'"""
    ) == [0]


def test_a_day_that_became_empty_is_emptied(world: World, database_url: str) -> None:
    loader = Loader(database_url)
    first = _read(world)
    loader.load(lines(first.messages), schema="raw_search_console")
    empty = _site_day(TIENDA_NORTE, 5, clicks=0, impressions=0)
    add_site_days(world, TIENDA_NORTE, empty)

    second = _read(world, first.state)
    loader.load(lines(second.messages), schema="raw_search_console")

    for table in ("site_days", "query_days", "page_days", "country_device_days"):
        days = loader.column(f"select distinct date from raw_search_console.{table}")
        assert set(days) == {days_before(n) for n in (8, 7, 6, 4)}


def test_two_companies_stay_apart(world: World, database_url: str) -> None:
    loader = Loader(database_url)
    for company in (TIENDA_NORTE, ANDES):
        output = sync(TapSearchConsole, _settings(world, company))
        loader.load(
            lines(output.messages),
            schema="raw_search_console",
            company_id=company.slug,
        )

    assert loader.rows(
        "select company_id, min(site_url) as first, max(site_url) as last, count(*)"
        " from raw_search_console.site_days group by 1 order by 1"
    ) == [
        {"company_id": c.slug, "first": c.site_url, "last": c.site_url, "count": 5}
        for c in (ANDES, TIENDA_NORTE)
    ]


def _without_read_at(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [{k: v for k, v in row.items() if k != "read_at"} for row in rows]
    return sorted(kept, key=lambda row: row["query"])
