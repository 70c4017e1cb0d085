"""Exported files of a company, landed as their source wrote them."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lib.connections.connections import list_connections
from orchestration.lib.connections.file_contracts import file_contracts
from orchestration.lib.connections.sources import SOURCES, api_sources
from orchestration.lib.core.settings import Settings
from orchestration.lib.data_quality.landed_checks import (
    judged,
    landed_check_specs,
    nothing_landed,
)
from orchestration.lib.ingestion.ingestion import SourceReader
from orchestration.lib.ingestion.raw_assets import (
    asset_specs,
    materialized,
    not_connected,
    read_check_spec,
    refuse_without_rows,
    update_statistics,
    was_read,
)
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.tenancy.privacy.erasure import forget_returned
from orchestration.lib.warehouse.warehouse import Warehouse

_FILES = SOURCES["files"]
_SCHEMA = _FILES.schema
_CHECK = "rows_and_totals_match_the_files"


@dg.multi_asset(
    name="files",
    specs=asset_specs(
        _FILES,
        {
            table.name: f"{table.description} One row per company and line of a file."
            if table.name != "files"
            else f"{table.description} One row per company and file name."
            for table in _FILES.tables
        },
    ),
    check_specs=[
        dg.AssetCheckSpec(
            _CHECK,
            asset=[_SCHEMA, "files"],
            blocking=True,
            description="Rows and money landed equal those counted in each file.",
        ),
        read_check_spec(_FILES),
        *landed_check_specs(_FILES),
    ],
    partitions_def=company_days,
)
def files(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Run tap-files for each of the company's file connections."""
    url = warehouse.url()
    company = load_company(url, company_day.company_id(context))
    if not list_connections(url, company.company_id):
        raise dg.Failure(_no_source(company.company_id), allow_retries=False)
    settings = Settings.from_environment()
    reader = SourceReader(url, settings, _FILES, context.run.run_id, context.log.info)
    reading = reader.read(company, days=None)
    if not reading.connection_count:
        yield from not_connected(_FILES)
        yield dg.AssetCheckResult(
            asset_key=[_SCHEMA, "files"],
            check_name=_CHECK,
            passed=True,
            description="Not connected.",
        )
        yield was_read(_FILES)
        yield from nothing_landed(_FILES, "Not connected.")
        return
    update_statistics(warehouse, _FILES)
    refuse_without_rows(warehouse, [company.company_id], reading.failures)
    yield from materialized(warehouse, _FILES, [company.company_id])
    yield _reconcile(warehouse, company.company_id)
    yield was_read(_FILES, reading.failures)
    yield from judged(url, _FILES, {company.company_id: reading})
    # After the rows were compared with those that were read.
    forget_returned(url, settings, company.company_id)


def _no_source(company_id: str) -> str:
    others = "|".join(source.command for source in api_sources())
    return (
        f"{company_id} has no source yet. Add one: timonel connect files PATH "
        f"--company {company_id} (or timonel connect {others})"
    )


def _reconcile(warehouse: Warehouse, company_id: str) -> dg.AssetCheckResult:
    with warehouse.acting_as("transformer") as database:
        wrong = database.execute(_UNRECONCILED, {"company": company_id}).fetchall()
    return dg.AssetCheckResult(
        asset_key=[_SCHEMA, "files"],
        check_name=_CHECK,
        passed=not wrong,
        description="\n".join(
            f"{name}: {landed} rows of {total} landed, {expected} of {expected_total} "
            "expected. Somebody changed the raw tables by hand: remove the file's rows "
            "and its row in raw_files.files, and load it again."
            for name, landed, total, expected, expected_total in wrong
        )
        or "Every visible file has all its rows.",
    )


_LANDED = " union all ".join(
    f"select company_id, file_sha256, count(*) as row_count, {each.total} as total "  # noqa: S608 (names of our own contracts)
    f"from raw_files.{each.stream} where company_id = %(company)s group by 1, 2"
    for each in file_contracts()
)
_UNRECONCILED = f"""
with landed as ({_LANDED})
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
"""  # noqa: S608 (as above)
