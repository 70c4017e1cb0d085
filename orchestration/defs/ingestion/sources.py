"""The raw tables of every source with an API, from the registry."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import dagster as dg

from orchestration.lib.connections.connection_states import (
    clear_difference,
    record_difference,
)
from orchestration.lib.connections.sources import Source, api_sources
from orchestration.lib.core.settings import Settings
from orchestration.lib.data_quality.landed_checks import (
    judged,
    landed_check_specs,
    nothing_landed,
)
from orchestration.lib.data_quality.reconciliation import Difference, differences
from orchestration.lib.ingestion.ingestion import DateRange, Reading, SourceReader
from orchestration.lib.ingestion.landings import mark_verified, verified_until
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
from orchestration.lib.tenancy.partitions import (
    CompanyDay,
    company_days,
    days_by_company,
)
from orchestration.lib.tenancy.privacy.erasure import forget_returned
from orchestration.lib.warehouse.warehouse import Warehouse

_CHECK = "rows_equal_what_the_source_counted"
_DIFFERENCES_SHOWN = 8


@dg.definitions
def sources() -> dg.Definitions:
    """One multi-asset per source: a tap fills all its tables in one go."""
    return dg.Definitions(assets=[_assets(source) for source in api_sources()])


def _assets(source: Source) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=source.slug,
        specs=asset_specs(
            source, {table.name: table.description for table in source.tables}
        ),
        check_specs=[
            dg.AssetCheckSpec(
                _CHECK,
                asset=[source.schema, "slices"],
                blocking=True,
                description=(
                    "Rows and totals landed equal those counted while reading, and "
                    "those the source tells of the whole account or shop."
                ),
            ),
            read_check_spec(source),
            *landed_check_specs(source),
        ],
        partitions_def=company_days,
        # Many days are one read of the source, not one each.
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def read(
        context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        days = _days_to_read_again(context, warehouse.url(), company_day)
        readings = _read(context, warehouse, source, days)
        connected = [key for key, each in readings.items() if each.connection_count]
        if not connected:
            yield from not_connected(source)
            yield _passed(source, "Not connected.")
            yield was_read(source)
            yield from nothing_landed(source, "Not connected.")
            return
        update_statistics(warehouse, source)
        failures = [line for each in readings.values() for line in each.failures]
        refuse_without_rows(warehouse, connected, failures)
        yield from materialized(warehouse, source, connected)
        landed = {key: readings[key] for key in connected}
        yield _compare(warehouse, source, landed)
        yield was_read(source, failures)
        yield from judged(warehouse.url(), source, landed, days)
        # After the rows were compared with those that were read.
        for company_id in connected:
            forget_returned(warehouse.url(), Settings.from_environment(), company_id)

    return read


def _days_to_read_again(
    context: dg.AssetExecutionContext, url: str, company_day: CompanyDay
) -> dict[str, tuple[date, date] | None]:
    """By company of the run; None when what is new is read."""
    now = datetime.now(UTC)
    return {
        company_id: company_day.days_to_read_again(
            days, load_company(url, company_id).last_complete_day(now)
        )
        for company_id, days in days_by_company(context).items()
    }


def _read(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    source: Source,
    days: Mapping[str, tuple[date, date] | None],
) -> dict[str, Reading]:
    """Read the source for every company of the run."""
    url = warehouse.url()
    settings = Settings.from_environment()
    reader = SourceReader(url, settings, source, context.run.run_id, context.log.info)
    return {
        company_id: reader.read(
            load_company(url, company_id), DateRange(*again) if again else None
        )
        for company_id, again in days.items()
    }


def _compare(
    warehouse: Warehouse, source: Source, readings: dict[str, Reading]
) -> dg.AssetCheckResult:
    """Compare what landed; remember how far, if nothing is missing."""
    url = warehouse.url()
    lines: list[str] = []
    is_settled = False
    for company_id, reading in readings.items():
        since = verified_until(url, company_id, source)
        found = differences(url, company_id, source, since)
        if found:
            told = list(_description(company_id, source, found))
            lines += told
            if any(each.is_settled for each in found):
                is_settled = True
                record_difference(
                    url, company_id, source.slug, "counted", "\n".join(told)
                )
        else:
            mark_verified(url, company_id, source, reading.started_at)
            clear_difference(url, company_id, source.slug, "counted")
    if not lines:
        return _passed(source, "Everything landed as the source counted it.")
    return dg.AssetCheckResult(
        asset_key=[source.schema, "slices"],
        check_name=_CHECK,
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR
        if is_settled
        else dg.AssetCheckSeverity.WARN,
        description="\n".join(lines),
    )


def _description(
    company_id: str, source: Source, found: list[Difference]
) -> Iterator[str]:
    for each in found[:_DIFFERENCES_SHOWN]:
        yield f"{company_id}, {source.title}: {each}."
    if len(found) > _DIFFERENCES_SHOWN:
        yield f"… and {len(found) - _DIFFERENCES_SHOWN} more."
    yield (
        "Read these days again: timonel run "
        f"--company {company_id} --source {source.command} --from DATE "
        "--to DATE. If they still differ, the source contradicts itself: compare "
        "with its own screens."
    )


def _passed(source: Source, description: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=[source.schema, "slices"],
        check_name=_CHECK,
        passed=True,
        description=description,
    )
