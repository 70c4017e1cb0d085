"""Rows of a file of survey answers: a score off its scale is no answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import tee
from typing import Any, Final

from taps.tap_files.cells import CellReader, Loaded, Outcome, Rejected
from taps.tap_files.contract import load_contracts
from taps.tap_files.declared_rows import declared_rows_reader
from taps.tap_files.repeats import Repeats
from taps.tap_files.tables import Row

__all__ = ["read_survey_responses"]

_SCALES: Final = {"csat": (1, 5), "ces": (1, 7)}
"""Least and most where the file does not say; an NPS is from 0 to 10 in any case."""


def read_survey_responses(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row."""
    read = declared_rows_reader(load_contracts()["survey_responses"])
    own, shown = tee(rows)
    for outcome, row in zip(read(own, cells, repeats), shown, strict=True):
        flaw = _flaw(outcome.record) if isinstance(outcome, Loaded) else None
        yield Rejected(row.line, flaw, None, row.cells) if flaw else outcome


def _flaw(record: dict[str, Any]) -> str | None:
    """Why a score cannot be what was answered; the scale is written where it lacks."""
    kind, score = record["survey_kind"], record["score"]
    if kind == "nps":
        record["scale_min"], record["scale_max"] = Decimal(0), Decimal(10)
    elif kind in _SCALES:
        for name, usual in zip(("scale_min", "scale_max"), _SCALES[kind], strict=True):
            record[name] = Decimal(usual) if record[name] is None else record[name]
    else:
        return None
    least, most = record["scale_min"], record["scale_max"]
    if score is None:
        return "score is missing"
    if least >= most:
        return "scale_max is not above scale_min"
    return None if least <= score <= most else f"score is not from {least} to {most}"
