"""The checks on what lands: a source's suite, one that blocks and one that warns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import dagster as dg

from orchestration.lib.connections.connection_states import (
    clear_difference,
    record_difference,
)
from orchestration.lib.connections.sources import Source
from orchestration.lib.data_quality.contracts.judgement import Breach, Landed, breaches
from orchestration.lib.data_quality.contracts.watermarks import (
    mark_judged,
    unjudged_since,
)
from orchestration.lib.ingestion.ingestion import Reading

__all__ = ["KEYS_CHECK", "ROWS_CHECK", "judged", "landed_check_specs", "nothing_landed"]

KEYS_CHECK = "landed_rows_have_their_keys"
ROWS_CHECK = "landed_rows_keep_the_contract"
_SHOWN = 10

#: First and last day that were asked for again; None when what is new was read.
Days = tuple[date, date] | None


def landed_check_specs(source: Source) -> list[dg.AssetCheckSpec]:
    """Two per source and not two per table: each is an event of every night."""
    asset = [source.schema, source.tables[0].name]
    return [
        dg.AssetCheckSpec(
            KEYS_CHECK,
            asset=asset,
            blocking=True,
            description=(
                "Rows that landed in any table of the source have their keys, once. "
                "Without them every number made of the rows is wrong."
            ),
        ),
        dg.AssetCheckSpec(
            ROWS_CHECK,
            asset=asset,
            description=(
                "Rows that landed in any table of the source are possible: currencies, "
                "amounts, dates and words are such as the source promises."
            ),
        ),
    ]


def nothing_landed(
    source: Source, why: str = "Nothing landed."
) -> Iterator[dg.AssetCheckResult]:
    """Both checks when there is nothing to judge."""
    for name in (KEYS_CHECK, ROWS_CHECK):
        yield _result(source, name, [why], passed=True)


def judged(
    url: str,
    source: Source,
    readings: Mapping[str, Reading],
    days: Mapping[str, Days] | None = None,
) -> Iterator[dg.AssetCheckResult]:
    """Judge what landed of each company since it was last judged.

    Parameters
    ----------
    readings, days
        By company id.
    """
    found: dict[str, list[Breach]] = {}
    for company_id, reading in readings.items():
        since = unjudged_since(url, company_id, source)
        if since is None:
            continue
        asked = (days or {}).get(company_id)
        landed = Landed(company_id, source, since, reading.started_at, asked)
        found[company_id] = breaches(url, landed)
        _remember(url, source, company_id, reading, found[company_id])
    if not found:
        yield from nothing_landed(source)
        return
    yield _verdict(source, KEYS_CHECK, found, is_blocking=True)
    yield _verdict(source, ROWS_CHECK, found, is_blocking=False)


def _remember(
    url: str,
    source: Source,
    company_id: str,
    reading: Reading,
    found: Sequence[Breach],
) -> None:
    blocking = [each for each in found if each.is_blocking]
    if blocking:
        told = _breach_lines(source, company_id, blocking, is_blocking=True)
        record_difference(url, company_id, source.slug, "contract", "\n".join(told))
    else:
        mark_judged(url, company_id, source, reading.started_at)
        clear_difference(url, company_id, source.slug, "contract")


def _verdict(
    source: Source,
    name: str,
    found: Mapping[str, Sequence[Breach]],
    *,
    is_blocking: bool,
) -> dg.AssetCheckResult:
    lines: list[str] = []
    numbers: dict[str, int] = {}
    for company_id, of_company in found.items():
        these = [each for each in of_company if each.is_blocking == is_blocking]
        if these:
            lines += _breach_lines(source, company_id, these, is_blocking=is_blocking)
        for each in these:
            where = f"{company_id} {each.table}: {each.promise}"
            numbers[where] = numbers.get(where, 0) + each.row_count
    said = lines or ["Every row that landed keeps it."]
    return _result(source, name, said, passed=not lines, numbers=numbers)


def _breach_lines(
    source: Source, company_id: str, found: Sequence[Breach], *, is_blocking: bool
) -> list[str]:
    """What is wrong, where, and what to do."""
    lines = [f"{company_id}, {source.title}: {each}." for each in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"… and {len(found) - _SHOWN} more promises.")
    if source.slug == "files":
        remedy = "Correct the file and save it again: the next run reads it."
    else:
        remedy = (
            "Look at these rows in the source, correct them there and read their days "
            f"again: timonel run --company {company_id} --source {source.command} "
            "--from DATE --to DATE."
        )
    if is_blocking:
        return [*lines, f"Nothing is made of them until then. {remedy}"]
    return [*lines, f"They count as they are: nothing is held back. {remedy}"]


def _result(
    source: Source,
    name: str,
    lines: Sequence[str],
    *,
    passed: bool,
    numbers: Mapping[str, int] | None = None,
) -> dg.AssetCheckResult:
    is_blocking = name == KEYS_CHECK
    return dg.AssetCheckResult(
        asset_key=[source.schema, source.tables[0].name],
        check_name=name,
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR
        if is_blocking
        else dg.AssetCheckSeverity.WARN,
        description="\n".join(lines),
        metadata={
            key: dg.MetadataValue.int(value) for key, value in (numbers or {}).items()
        },
    )
