"""A rebuild changes what changed and nothing else."""

from __future__ import annotations

import pytest

from tests.conftest import KnowsProject
from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

# Those that hold rows of a company that has only a purchase log.
MARTS = (
    "channel_days",
    "companies",
    "company_days",
    "customer_summaries",
    "customers",
    "file_totals",
    "order_totals",
    "orders",
)
AS_OF = "2026-01-31"
# Seeds, views and marts, without their tests.
SEEDS_AND_MODELS = (
    *("build", "--exclude-resource-type", "unit_test"),
    *("--exclude-resource-type", "test"),
    *("--select", "path:seeds", "+company_months"),
)


def log(*amounts: int, name: str = "log.csv", version: int = 1) -> RawFile:
    lines = [
        purchase(str(number), "2026-01-05 10:00+00", amount, purchase_id=f"P{number}")
        for number, amount in enumerate(amounts)
    ]
    return RawFile(name, lines, version=version)


def versions(warehouse: Warehouse, company_id: str) -> dict[str, list[object]]:
    """Where each row lies and who wrote or locked it, by mart."""
    query = (
        "select ctid::text, xmin::text, xmax::text from marts.{} where company_id = %s"
    )
    return {
        mart: [
            list(row.values())
            for row in warehouse.rows(query.format(mart), [company_id])
        ]
        for mart in MARTS
    }


def build(warehouse: Warehouse, *company_ids: str) -> None:
    as_of = dict.fromkeys(company_ids, AS_OF)
    warehouse.build(*company_ids, as_of=as_of, only=MARTS)


def test_rebuilding_unchanged_files_touches_no_row(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.load(pair.acme, log(10, 20, 30))
    build(warehouse, pair.acme)
    before = versions(warehouse, pair.acme)

    build(warehouse, pair.acme)

    assert versions(warehouse, pair.acme) == before
    assert all(before.values())


def test_one_changed_order_rewrites_one_row_of_orders(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.load(pair.acme, log(10, 20, 30))
    build(warehouse, pair.acme)
    query = "select order_id, xmin::text from marts.orders where company_id = %s"
    before = {r["order_id"]: r["xmin"] for r in warehouse.rows(query, [pair.acme])}

    correction = purchase("1", "2026-01-05 10:00+00", 21, purchase_id="P1")
    warehouse.load(pair.acme, RawFile("correction.csv", [correction], version=2))
    build(warehouse, pair.acme)

    after = {r["order_id"]: r["xmin"] for r in warehouse.rows(query, [pair.acme])}
    assert {key for key in after if after[key] != before[key]} == {"purchases/P1"}


def test_other_companies_are_left_alone(warehouse: Warehouse, pair: Pair) -> None:
    for company_id in (pair.acme, pair.bolt):
        warehouse.load(company_id, log(10))
    build(warehouse, pair.acme, pair.bolt)
    before = versions(warehouse, pair.bolt)

    for company_id in (pair.acme, pair.bolt):
        warehouse.load(company_id, log(10, 20, version=2))
    build(warehouse, pair.acme)

    assert len(warehouse.orders(pair.acme)) == 2
    assert versions(warehouse, pair.bolt) == before


def test_a_company_without_files_loses_its_old_rows(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company_id in (pair.acme, pair.bolt):
        warehouse.load(company_id, log(10))
    build(warehouse, pair.acme, pair.bolt)

    warehouse.remove(pair.acme, "log.csv")
    build(warehouse, pair.acme)

    assert warehouse.orders(pair.acme) == {}
    assert warehouse.summaries(pair.acme) == {}
    assert len(warehouse.orders(pair.bolt)) == 1


def test_a_rebuild_keeps_the_table_its_key_and_its_policies(
    warehouse: Warehouse, pair: Pair
) -> None:
    query = """
        select relname, pg_class.oid, relrowsecurity,
            array_agg(polname order by polname) as policies
        from pg_class inner join pg_policy on polrelid = pg_class.oid
        where relnamespace = 'marts'::regnamespace group by 1, 2, 3
    """
    before = warehouse.rows(query)
    warehouse.load(pair.acme, log(10))

    build(warehouse, pair.acme)

    assert warehouse.rows(query) == before
    assert {row["relname"] for row in before} >= set(MARTS)
    assert all(row["relrowsecurity"] for row in before)
    assert all(
        row["policies"] == ["company_reads_own_rows", "platform_reads_all"]
        for row in before
    )


def test_a_build_restores_who_may_read_a_mart(own_warehouse: Warehouse) -> None:
    grantees = """
        select grantee, privilege_type from information_schema.role_table_grants
        where table_schema = 'marts' and table_name = 'orders'
            and grantor = 'transformer' and grantee <> grantor
        order by 1, 2
    """
    before = own_warehouse.rows(grantees)
    own_warehouse.execute(
        "set role transformer; revoke select on marts.orders from scientist"
    )
    own_warehouse.execute(
        "set role transformer; grant delete on marts.orders to orchestrator"
    )

    own_warehouse.build(only=("orders",))

    assert own_warehouse.rows(grantees) == before
    assert {"grantee": "scientist", "privilege_type": "SELECT"} in before


def test_rebuilding_the_views_keeps_the_views_on_them(warehouse: Warehouse) -> None:
    query = """
        select relname, oid from pg_class where relkind = 'v' and relnamespace in
        ('staging'::regnamespace, 'intermediate'::regnamespace,
        'reporting'::regnamespace) order by relname
    """
    before = warehouse.rows(query)

    warehouse.dbt.run("run", "--select", "staging", "int_orders_unioned")

    assert warehouse.rows(query) == before


def test_two_companies_may_be_built_at_the_same_moment(
    warehouse: Warehouse, pair: Pair, knows_project: KnowsProject
) -> None:
    for company_id in (pair.acme, pair.bolt):
        warehouse.load(company_id, log(10))

    builds = [
        warehouse.dbt.start(
            *SEEDS_AND_MODELS,
            knowing=knows_project(warehouse.url),
            company_ids=[company_id],
        )
        for company_id in (pair.acme, pair.bolt)
    ]

    said = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    assert len(warehouse.orders(pair.acme)) == len(warehouse.orders(pair.bolt)) == 1
    rules = "select count(*), count(distinct financial_status) from"
    (counts,) = warehouse.rows(f"{rules} staging.shopify_recognition_rules")
    assert len(set(counts.values())) == 1


def test_a_full_refresh_of_one_company_is_refused(
    warehouse: Warehouse, pair: Pair
) -> None:
    with pytest.raises(DbtFailed, match="would lose the rows of every other company"):
        warehouse.dbt.run(
            *("run", "--select", "companies", "--full-refresh"),
            company_ids=[pair.acme],
        )


def test_a_table_unlike_its_contract_stops_the_build(
    own_warehouse: Warehouse,
) -> None:
    pair = own_warehouse.add_pair()
    own_warehouse.load(pair.acme, log(10))
    own_warehouse.build(only=["customers"])
    own_warehouse.execute("alter table marts.customers drop column has_outlier_order")
    own_warehouse.execute("alter table marts.customers add column nickname text")

    with pytest.raises(DbtFailed) as failure:
        own_warehouse.dbt.run("run", "--select", "customers")

    message = str(failure.value)
    assert "New columns: has_outlier_order; columns gone: nickname" in message
    assert "--full-refresh" in message
    assert len(own_warehouse.rows("select * from marts.customers")) == 1


def test_a_view_that_loses_a_column_is_made_again(own_warehouse: Warehouse) -> None:
    view, reader = "int_quarantined_records_current", "reporting.data_quality_totals"
    query = f"select pg_get_viewdef('intermediate.{view}'::regclass) as selected"
    (row,) = own_warehouse.rows(query)
    selected = str(row["selected"]).rstrip(";").replace("%", "%%")
    # As if the view had had one more column in the version before.
    own_warehouse.execute(
        f"create or replace view intermediate.{view} as"
        f" select *, 1 as plan from ({selected}) as before"
    )

    own_warehouse.dbt.run("run", "--select", f"{view}+")

    columns = own_warehouse.rows(
        "select attname from pg_attribute where attnum > 0"
        f" and attrelid = 'intermediate.{view}'::regclass"
    )
    assert {"plan", "company_id"} & {row["attname"] for row in columns} == {
        "company_id"
    }
    # It went with the other and came again.
    assert own_warehouse.rows(f"select from {reader}") == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"company_ids": "acme"}, "must be a list"),
        ({"company_ids": []}, "must be a list with at least one company"),
        ({"company_ids": ["Acme'; drop"]}, "names the company"),
        ({"as_of_dates": {"acme": "31/01/2026"}}, "Write it as YYYY-MM-DD"),
        ({"as_of_dates": "2026-01-31"}, "must map each company to a date"),
    ],
)
def test_a_variable_that_makes_no_sense_is_refused(
    warehouse: Warehouse, variables: dict[str, object], message: str
) -> None:
    with pytest.raises(DbtFailed, match=message):
        warehouse.dbt.run("compile", "--select", "customer_summaries", **variables)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("TIMONEL_COMPANY_IDS", "acme", "must be a list"),
        ("TIMONEL_COMPANY_IDS", '["Acme\'; drop"]', "names the company"),
        ("TIMONEL_AS_OF_DATES", "{acme: no json}", "must map each company to a date"),
    ],
)
def test_an_environment_that_makes_no_sense_is_refused(
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str,
    message: str,
) -> None:
    monkeypatch.setenv(name, text)

    with pytest.raises(DbtFailed, match=message):
        warehouse.dbt.run("compile", "--select", "customer_summaries")


def test_variables_win_over_the_environment(
    warehouse: Warehouse, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    for company_id in (pair.acme, pair.bolt):
        warehouse.load(company_id, log(10))
    monkeypatch.setenv("TIMONEL_COMPANY_IDS", f'["{pair.acme}"]')

    warehouse.build(pair.bolt, only=["orders"])
    assert not warehouse.orders(pair.acme)
    warehouse.build(only=["orders"])

    assert len(warehouse.orders(pair.acme)) == len(warehouse.orders(pair.bolt)) == 1
