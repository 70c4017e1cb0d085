"""Exported files of a company, landed as their source wrote them."""

from collections.abc import Iterator

import dagster as dg
from psycopg import sql

from orchestration.lib.companies import load_company
from orchestration.lib.connections import list_connections
from orchestration.lib.partitions import CompanyDay, company_days
from orchestration.lib.singer import Pipeline, PipelineFailed
from orchestration.lib.warehouse import Warehouse

_SCHEMA = "raw_files"
_TABLES = {
    "files": "Every file read, its version and its control totals.",
    "purchases": "Rows of plain purchase logs: customer, date, amount.",
    "shopify_order_lines": "Rows of Shopify's own orders export.",
    "ad_spend": "Advertising spend per day, channel and campaign.",
}


@dg.multi_asset(
    name="files",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=f"{description} One row per company and line of a file."
            if table != "files"
            else f"{description} One row per company and file name.",
            group_name="ingest_files",
            kinds={"singer", "postgres"},
            owners=["team:data"],
        )
        for table, description in _TABLES.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "rows_and_totals_match_the_files",
            asset=[_SCHEMA, "files"],
            blocking=True,
            description="Rows and money landed equal those counted in each file.",
        )
    ],
    partitions_def=company_days,
)
def files(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Run tap-files for each of the company's file connections."""
    company = load_company(warehouse.url(), company_day.company_id(context))
    connections = list_connections(warehouse.url(), company.company_id, "files")
    if not connections:
        raise dg.Failure(
            f"{company.company_id} has no source yet. Add one: timonel connect files "
            f"PATH --company {company.company_id}",
            allow_retries=False,
        )
    failures = []
    for connection in connections:
        pipeline = Pipeline(
            company_id=company.company_id,
            bookmark=f"files/{connection.connection_id}",
            tap_module="taps.tap_files",
            tap_config={
                "time_zone": company.time_zone,
                "currency_code": company.currency_code,
                **connection.settings,
            },
            target_config={
                "database_url": warehouse.url(),
                "schema": _SCHEMA,
                "company_id": company.company_id,
                "source": "files",
                "run_id": context.run_id,
            },
        )
        try:
            pipeline.run(warehouse.url(), context.log.info)
        except PipelineFailed as failure:
            failures.append(f"{connection.connection_id}: {failure}")
    _analyze(warehouse)
    if failures:
        raise dg.Failure("\n".join(failures), allow_retries=False)
    for table in _TABLES:
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata=_describe(warehouse, table, company.company_id),
        )
    yield _reconcile(warehouse, company.company_id)


def _analyze(warehouse: Warehouse) -> None:
    """Tell the planner what arrived: guessing, it joins new tables row by row."""
    with warehouse.acting_as("loader") as database:
        for table in _TABLES:
            statement = sql.SQL("analyze {}").format(sql.Identifier(_SCHEMA, table))
            database.execute(statement)


def _describe(
    warehouse: Warehouse, table: str, company_id: str
) -> dict[str, int | dg.TimestampMetadataValue]:
    query = sql.SQL(
        """select count(*), extract(epoch from max(_sdc_batched_at))::float8
        from {} where company_id = %s"""
    ).format(sql.Identifier(_SCHEMA, table))
    with warehouse.acting_as("transformer") as database:
        row = database.execute(query, (company_id,)).fetchone()
    rows, loaded_at = row or (0, None)
    loaded = (
        {}
        if loaded_at is None
        else {"loaded_at": dg.MetadataValue.timestamp(loaded_at)}
    )
    return {"dagster/row_count": rows, **loaded}


def _reconcile(warehouse: Warehouse, company_id: str) -> dg.AssetCheckResult:
    with warehouse.acting_as("transformer") as database:
        wrong = database.execute(_UNRECONCILED, {"company": company_id}).fetchall()
    return dg.AssetCheckResult(
        asset_key=[_SCHEMA, "files"],
        check_name="rows_and_totals_match_the_files",
        passed=not wrong,
        description="\n".join(
            f"{name}: {landed} rows of {total} landed, {expected} of {expected_total} "
            "expected. Somebody changed the raw tables by hand: remove the file's rows "
            "and its row in raw_files.files, and load it again."
            for name, landed, total, expected, expected_total in wrong
        )
        or "Every visible file has all its rows.",
    )


_UNRECONCILED = """
with landed as (
    select
        company_id, file_sha256, count(*) as row_count, sum(amount) as total
    from raw_files.purchases
    where company_id = %(company)s group by 1, 2
    union all
    select company_id, file_sha256, count(*), sum(total) filter (where is_order_row)
    from raw_files.shopify_order_lines
    where company_id = %(company)s group by 1, 2
    union all
    select company_id, file_sha256, count(*), sum(spend) from raw_files.ad_spend
    where company_id = %(company)s group by 1, 2
)
select
    files.file_name,
    coalesce(landed.row_count, 0) as landed_row_count,
    coalesce(landed.total, 0) as landed_total,
    files.loaded_row_count,
    files.loaded_total
from raw_files.files
left join landed
    on
        files.company_id = landed.company_id
        and files.file_sha256 = landed.file_sha256
where
    files.company_id = %(company)s
    and (
        files.loaded_row_count <> coalesce(landed.row_count, 0)
        or files.loaded_total <> coalesce(landed.total, 0)
    )
"""
