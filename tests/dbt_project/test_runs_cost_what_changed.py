"""A run makes what changed; of the schedule, Dagster sees every asset all the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.defs.transformation.dbt import dbt_marts, dbt_reporting
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.dagster_home import open_instance
from orchestration.lib.operations.run_tags import WITHOUT_STANDING
from orchestration.lib.tenancy.partitions import CompanyDay, partition_key
from orchestration.lib.warehouse.database import libpq_environment
from orchestration.lib.warehouse.dbt import current_manifest, dbt_as_runs_start_it
from orchestration.lib.warehouse.idle_marts import raw_tables_of_marts
from orchestration.lib.warehouse.standing import standing_assets
from orchestration.lib.warehouse.warehouse import Warehouse as WarehouseResource
from tests.conftest import KnowsProject, NewDatabase
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

Orders = dict[str, dict[str, Any]]

DAY = date(2026, 1, 31)
VIEWS = {key for key in dbt_marts.keys if key.path[0] != "marts"}
FINGERPRINT = "select obj_description('staging'::regnamespace) as fingerprint"


@pytest.fixture
def instance(
    own_warehouse: Warehouse, knows_project: KnowsProject, memory: Path
) -> Iterator[dg.DagsterInstance]:
    with running_on(own_warehouse, knows_project, memory) as instance:
        yield instance


@contextmanager
def running_on(
    warehouse: Warehouse, knows_project: KnowsProject, memory: Path
) -> Iterator[dg.DagsterInstance]:
    """Where runs of assets are kept while they are made in this database.

    As commands keep them: Dagster's own in memory connects for each statement.
    """
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(prefix="home-", dir=memory) as home,
    ):
        patch.setenv("TIMONEL_DATABASE_URL", warehouse.url)
        patch.setenv("DAGSTER_HOME", home)
        for name, value in knows_project(warehouse.url).items():
            patch.setenv(name, value)
        with open_instance(Settings(Path(home), warehouse.url)) as instance:
            yield instance


def run(instance: dg.DagsterInstance, company_id: str) -> dg.ExecuteInProcessResult:
    """What a night of the schedule makes: everything, or a word of it."""
    result = materialise(instance, company_id, [dbt_marts, dbt_reporting])
    seen = {event.asset_key for event in result.get_asset_materialization_events()}
    assert seen == dbt_marts.keys | dbt_reporting.keys
    return result


def phase(
    instance: dg.DagsterInstance, warehouse: Warehouse, company_id: str
) -> frozenset[str]:
    """What a command makes of the marts; the names of those it is without."""
    standing = standing_assets(warehouse.url, company_id)
    asked = dbt_marts.keys - standing
    result = materialise(
        instance,
        company_id,
        [dbt_marts],
        selection=dg.AssetSelection.assets(*asked).without_checks(),
        tags=WITHOUT_STANDING,
    )
    seen = {event.asset_key for event in result.get_asset_materialization_events()}
    assert seen == asked
    return frozenset(key.path[-1] for key in dbt_marts.keys - asked - VIEWS)


def materialise(
    instance: dg.DagsterInstance,
    company_id: str,
    assets: list[dg.AssetsDefinition],
    **options: Any,
) -> dg.ExecuteInProcessResult:
    instance.add_dynamic_partitions("companies", [company_id])
    return dg.materialize(
        assets,
        instance=instance,
        partition_key=partition_key(company_id, DAY),
        resources={
            "company_day": CompanyDay(),
            "dbt": dbt_as_runs_start_it(),
            "warehouse": WarehouseResource(),
        },
        **options,
    )


def unchanged(result: dg.ExecuteInProcessResult) -> set[dg.AssetKey | None]:
    return {
        event.asset_key
        for event in result.get_asset_materialization_events()
        if "unchanged" in event.materialization.metadata
    }


def checked(result: dg.ExecuteInProcessResult) -> set[dg.AssetKey]:
    return {check.asset_key for check in result.get_asset_check_evaluations()}


def load(warehouse: Warehouse, pair: Pair) -> None:
    for company_id, currency_code in ((pair.acme, "EUR"), (pair.bolt, "CLP")):
        told = {"purchase_id": "P1", "currency_code": currency_code}
        line = purchase("1", "2026-01-05 10:00+00", 10, **told)
        warehouse.load(company_id, RawFile("log.csv", [line]))


def of_another_project(warehouse: Warehouse) -> None:
    """As if nobody knew what the views were made from."""
    warehouse.execute("comment on schema staging is null")
    warehouse.execute("comment on schema reporting is null")


@dataclass(frozen=True)
class Nights:
    """Two nights after the project changed, one of each company of a pair."""

    warehouse: Warehouse
    pair: Pair
    first: dg.ExecuteInProcessResult
    second: dg.ExecuteInProcessResult
    #: Of the second company, before and after the first one's night; its date then.
    before: Orders
    after: Orders
    summarised: str
    #: Marts that had rows then, though there are only purchases.
    unexplained: list[str]


@pytest.fixture(scope="module")
def nights(
    new_installation: NewDatabase,
    parsed_project: Manifest,
    knows_project: KnowsProject,
    memory: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Nights]:
    """In a database whose tables are of an earlier version, too."""
    work = tmp_path_factory.mktemp("nights")
    with new_installation() as url:
        dbt = DbtProject(libpq_environment(url), work, parsed_project)
        warehouse = Warehouse(url, dbt)
        pair = warehouse.add_pair()
        of_another_project(warehouse)
        made_by_an_earlier_version(warehouse, pair)
        before = warehouse.orders(pair.bolt)
        with running_on(warehouse, knows_project, memory) as instance:
            first = run(instance, pair.acme)
            after = warehouse.orders(pair.bolt)
            told = warehouse.summaries(pair.bolt).values()
            (day,) = {str(row["as_of_date"]) for row in told}
            unexplained = rows_without_source(warehouse)
            second = run(instance, pair.bolt)
        yield Nights(warehouse, pair, first, second, before, after, day, unexplained)


def rows_without_source(warehouse: Warehouse) -> list[str]:
    needs = raw_tables_of_marts(current_manifest())
    without = [mart for mart, raw in needs.items() if "raw_files.purchases" not in raw]
    assert len(without) > 5
    return [m for m in without if warehouse.rows(f"select 1 from marts.{m} limit 1")]


def test_views_are_made_and_tested_only_when_the_project_changed(
    nights: Nights,
) -> None:
    first, second, pair = nights.first, nights.second, nights.pair

    assert unchanged(first) == set()
    assert unchanged(second) == VIEWS | dbt_reporting.keys
    assert {"campaign_days", "ratings", "search_days", "users"} <= left_out(second)
    assert checked(first) & VIEWS
    assert checked(second)
    assert not checked(second) & VIEWS
    assert len(nights.warehouse.orders(pair.acme)) == 1
    assert len(nights.warehouse.orders(pair.bolt)) == 1


def test_tables_of_an_earlier_version_are_rebuilt_for_every_company(
    nights: Nights,
) -> None:
    assert [row.pop("source_slug") for row in nights.after.values()] == ["files"]
    assert nights.after == nights.before
    # Another company keeps its date until its own next run.
    assert nights.summarised == "2026-01-20"


def test_no_mart_has_rows_of_a_company_that_lineage_knows_nothing_for(
    nights: Nights,
) -> None:
    # All was built by then, also what a run would leave out.
    assert nights.unexplained == []


def test_marts_that_a_company_has_nothing_for_are_left_out_until_it_has(
    own_warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    pair = own_warehouse.add_pair()
    load(own_warehouse, pair)
    told = {"spend_date": "2026-01-04", "channel": "Radio", "spend": 7}
    spend = RawFile("s.csv", [{**told, "currency_code": "EUR"}], contract="ad_spend")

    idle = phase(instance, own_warehouse, pair.acme)
    own_warehouse.load(pair.acme, spend)
    second = phase(instance, own_warehouse, pair.acme)
    found = spent(own_warehouse, pair.acme)
    own_warehouse.execute("delete from raw_files.files where contract = 'ad_spend'")
    own_warehouse.execute("delete from raw_files.ad_spend")
    third = phase(instance, own_warehouse, pair.acme)

    assert {"campaign_days", "ratings", "search_days", "users"} <= idle
    assert not {"orders", "companies", "file_totals", "media_mix_days"} & idle
    paid = {"campaign_days", "campaigns"}
    assert second == idle - paid - {"campaign_conversion_days"}
    # Built once more, to lose its rows.
    assert third == idle - paid
    # Also in the marts that read them.
    assert found == [7, 7]
    assert spent(own_warehouse, pair.acme) == []


def left_out(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        event.asset_key.path[-1]
        for event in result.get_asset_materialization_events()
        if "has_no_rows" in event.materialization.metadata and event.asset_key
    }


def spent(warehouse: Warehouse, company_id: str) -> list[object]:
    """Spend by campaign, and of the channels that read it."""
    query = """
        select spend from marts.campaign_days where company_id = %(company)s
        union all
        select spend from marts.channel_days
        where company_id = %(company)s and spend is not null
    """
    return [row["spend"] for row in warehouse.rows(query, {"company": company_id})]


def test_nothing_is_built_on_views_that_changed_since_it_was_asked_for(
    own_warehouse: Warehouse,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = own_warehouse.add_pair()
    stood = standing_assets(own_warehouse.url, pair.acme)
    monkeypatch.setattr(f"{__name__}.standing_assets", lambda *_: stood)
    of_another_project(own_warehouse)

    with pytest.raises(dg.Failure, match="views in staging changed"):
        phase(instance, own_warehouse, pair.acme)


def test_what_no_check_stands_for_is_tested_in_a_command_too(
    own_warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    pair = own_warehouse.add_pair()
    load(own_warehouse, pair)
    # The totals of the file do not add up.
    own_warehouse.execute("update raw_files.files set loaded_total = 99")

    with pytest.raises(Exception, match=r"log\.csv of .* come to 99\.00 "):
        phase(instance, own_warehouse, pair.acme)


def made_by_an_earlier_version(warehouse: Warehouse, pair: Pair) -> None:
    load(warehouse, pair)
    dates = dict.fromkeys((pair.acme, pair.bolt), "2026-01-20")
    warehouse.dbt.run("run", "--select", "marts", as_of_dates=dates)
    warehouse.execute("alter table marts.orders drop column source_slug cascade")
    warehouse.execute("comment on schema staging is 'an earlier version'")


def test_a_build_that_fails_is_not_remembered(
    own_warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    of_another_project(own_warehouse)
    pair = own_warehouse.add_pair()
    load(own_warehouse, pair)
    # The totals of the file do not add up.
    own_warehouse.execute("update raw_files.files set loaded_total = 99")

    with pytest.raises(Exception, match="control_total"):
        materialise(instance, pair.acme, [dbt_marts])

    assert own_warehouse.rows(FINGERPRINT) == [{"fingerprint": None}]
