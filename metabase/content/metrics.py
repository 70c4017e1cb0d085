"""Titles and formats of columns that are metrics: from ``dbt_project/metrics``.

A metric is declared once, with its unit and one label per language, whichever view
holds it. What else is written there (formula, owner, limits) is the platform's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from metabase.content.errors import ContentError
from metabase.content.yaml_files import parsed

__all__ = ["METRICS", "metric_formats", "metric_labels", "metric_targets"]

METRICS = Path(__file__).resolve().parents[2] / "dbt_project" / "metrics"
"""A file per domain."""

_FORMATS = {
    "share": "percent",
    "percent_change": "percent",
    "points": "points",
    "count": "integer",
    "days": "integer",
    "months": "integer",
    "money": "money",
    "hours": "one_decimal",
    "minutes": "one_decimal",
    "seconds": "one_decimal",
    "score": "one_decimal",
    "orders_per_customer": "one_decimal",
    "ratio": "two_decimals",
}


def metric_labels(language: str) -> dict[str, str]:
    """The title of every metric in a language, as ``columns.<metric>``.

    Raises
    ------
    ContentError
        One has no label in that language.
    """
    found = {}
    for file, name, told in _declared():
        if language not in told["label"]:
            raise ContentError(f"{file}: {name} has no label in {language!r}")
        found[f"columns.{name}"] = told["label"][language]
    return found


def metric_formats() -> dict[str, str]:
    """How each metric is written: as its ``format`` says, else by its unit.

    Raises
    ------
    ContentError
        A unit that nobody knows how to write.
    """
    found = {}
    for file, name, told in _declared():
        if told["unit"] not in _FORMATS:
            raise ContentError(
                f"{file}: {name} has the unit {told['unit']!r}, not one of "
                f"{', '.join(_FORMATS)}"
            )
        found[name] = told.get("format") or _FORMATS[told["unit"]]
    return found


def metric_targets() -> dict[str, str]:
    """What metrics are to reach, as ``targets.<metric>``, each in its unit."""
    return {
        f"targets.{name}": str(target)
        for _, name, told in _declared()
        if (target := told.get("limits", {}).get("target")) is not None
    }


def _declared() -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for file in sorted(METRICS.glob("*.yml")):
        for name, told in parsed(file).items():
            # What nobody has defined yet is shown nowhere.
            if not told.get("is_pending"):
                yield file, name, told
