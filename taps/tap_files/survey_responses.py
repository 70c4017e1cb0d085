"""Rows of a file of survey answers: a score off its scale is no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import tee
from typing import Any, Final

from taps.tap_files.contract import load_contracts
from taps.tap_files.declared_rows import declared_rows_reader
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.cells import CellReader, Loaded, Outcome, Rejected

__all__ = ["read_survey_responses"]

_LABELLED: Final = re.compile(r"\s*(\d{1,2})\s*[-\u2013\u2014:.(=]\s*[^\W\d].*")
"""An answer with the words beside it: ``9 - muy probable``."""
_SCALES: Final = {"csat": (1, 5), "ces": (1, 7)}
"""Least and most where the file does not say; an NPS is from 0 to 10 in any case."""


def read_survey_responses(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row."""
    read = declared_rows_reader(load_contracts()["survey_responses"])
    own, shown = tee(_without_words(row, cells) for row in rows)
    for outcome, row in zip(read(own, cells, repeats), shown, strict=True):
        flaw = _flaw(outcome.record) if isinstance(outcome, Loaded) else None
        yield Rejected(row.line, flaw, None, row.cells) if flaw else outcome


def _without_words(row: Row, cells: CellReader) -> Row:
    position = cells.binding.positions.get("score")
    if position is None or row.problem:
        return row
    found = _LABELLED.fullmatch(as_text(row.cells[position]))
    if found is None:
        return row
    said = [*row.cells]
    said[position] = found[1]
    return Row(row.line, said)


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
