"""Rows as the text of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime

__all__ = ["csv_text"]


def csv_text(rows: Iterable[Mapping[str, object]]) -> str:
    """All columns that some row has; moments in UTC, nothing where a row has none."""
    told = [dict(row) for row in rows]
    names = list(dict.fromkeys(name for row in told for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _text(v) for k, v in row.items()} for row in told)
    return text.getvalue()


def _text(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    return f"{value.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
