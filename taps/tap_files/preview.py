"""Says what the tap would understand of files, and writes nothing.

    python -m taps.tap_files.preview --config config.json

One JSON document: ``files``, each with its contract, preset, columns, what is left
out, currency, days, orders and money, and ``failures``, each the line of a refused
file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from singer_sdk.exceptions import ConfigValidationError

from taps.tap_files.bookmarks import Bookmarks, version_of
from taps.tap_files.inspection import Inspection, inspect_file
from taps.tap_files.loading import QUARANTINE, FileLoad
from taps.tap_files.locations import SourceFile, find_sources, unreadable
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.sums.net_sales import NetSales

__all__ = ["main", "preview"]

_REASONS = 3


def preview(settings: Settings) -> dict[str, Any]:
    """What the files that the settings name would give."""
    files = []
    with find_sources(settings) as (sources, errors):
        for source in sources:
            try:
                files.append(_preview(source, settings))
            except FileError as error:
                errors.append(error)
            except OSError as error:
                errors.append(unreadable(source, error))
    return {"files": files, "failures": [error.message for error in errors]}


def _preview(source: SourceFile, settings: Settings) -> dict[str, Any]:
    named = replace(source, name=settings.name_prefix + source.name)
    inspection = inspect_file(named, settings)
    version = version_of(named, Bookmarks({}), settings.fingerprint)
    load = FileLoad(named, version, inspection, settings.currency_code)
    tally = load.tally()
    money: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    reasons: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    net = NetSales()
    amount = inspection.binding.contract.amount_column or ""
    for stream, record in load.records(tally):
        if stream == QUARANTINE:
            reasons[record["reason"]] += 1
            continue
        value = record.get(amount)
        if value is None:
            continue
        code = record.get("currency_code") or ""
        currencies[code] += 1
        kind = "given back" if value < 0 else record.get("status") or "money"
        kind = record.get("financial_status") or kind
        money["cancelled" if record.get("cancelled_at") else kind, code] += value
        money["given back", code] -= record.get("refunded_amount") or 0
        if stream == "purchases":
            net.add(record)
    binding, totals = inspection.binding, load.files_record(tally)
    return {
        "name": named.name,
        "contract": binding.contract.name,
        "preset": binding.preset.title if binding.preset else None,
        "columns": dict(_columns(inspection)),
        "left_out": dict(_left_out(inspection)),
        "currencies": [code for code, _ in currencies.most_common() if code],
        "first_date": totals["first_date"],
        "last_date": totals["last_date"],
        "rows": totals["row_count"],
        "orders": totals["order_count"],
        # Of two currencies there is no sum.
        "money": {
            f"{kind} {code}" if len(currencies) > 1 else kind: str(value)
            for (kind, code), value in money.items()
            if value
        },
        "net": net.told() if binding.contract.name == "purchases" else None,
        "rejected": totals["rejected_row_count"],
        "reasons": dict(reasons.most_common(_REASONS)),
        "notes": totals["notes"],
    }


def _columns(inspection: Inspection) -> Iterator[tuple[str, str]]:
    """(contract column, what it is read from)."""
    binding = inspection.binding
    for column in binding.contract.columns:
        if column.name in binding.positions:
            at = (
                binding.positions[column.name],
                *binding.others.get(column.name, ()),
            )
            between = " + " if column.type == "number" else ", "
            told = between.join(binding.header[i].strip() for i in at)
            if column.name == binding.contract.amount_column:
                told += "".join(f" + {binding.header[i].strip()}" for i in binding.also)
                told += "".join(f" - {binding.header[i].strip()}" for i in binding.less)
            yield column.name, told
        elif binding.constants.get(column.name) == "":
            yield column.name, "not told"
        elif column.name in binding.constants:
            yield column.name, f"= {binding.constants[column.name]}"


def _left_out(inspection: Inspection) -> Iterator[tuple[str, str]]:
    """(header, why it is not read)."""
    binding = inspection.binding
    preset = binding.preset
    for position, header in enumerate(binding.header):
        if position not in binding.used and header.strip():
            yield header.strip(), (preset.explains(header) or "") if preset else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m taps.tap_files.preview")
    parser.add_argument("--config", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_config(json.loads(options.config.read_text()))
    except ConfigValidationError as error:
        answer: dict[str, Any] = {"files": [], "failures": list(error.errors)}
    else:
        answer = preview(settings)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
