"""How the values of a column are written, in the words of Metabase's settings.

A column that is a metric is written by its unit; of which format another is, wherever
it is shown, stands in ``pages/columns.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metabase.content.errors import ContentError
from metabase.content.metrics import METRICS, metric_formats
from metabase.content.yaml_files import parsed

__all__ = ["FORMATS", "read_column_formats"]

_SEPARATORS = {"number_separators": "${format.number_separators}"}
_MONEY = {
    "number_style": "currency",
    "currency": "${company.currency_code}",
    "currency_style": "symbol",
    "currency_in_header": False,
    **_SEPARATORS,
}


def _number(style: str, decimals: int, **more: str) -> dict[str, Any]:
    return {"number_style": style, **_SEPARATORS, "decimals": decimals, **more}


FORMATS: Mapping[str, Mapping[str, Any]] = {
    "text": {},
    "date": {"date_style": "${format.date_style}"},
    "month": {"date_style": "${format.month_style}"},
    "money": {**_MONEY, "decimals": "${company.currency_decimals}"},
    "rounded_money": {**_MONEY, "decimals": 0},
    "integer": _number("decimal", 0),
    "one_decimal": _number("decimal", 1),
    "two_decimals": _number("decimal", 2),
    "three_decimals": _number("decimal", 3),
    "times": _number("decimal", 1, suffix="\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"),
    "percent": _number("percent", 0),
    "percent_one_decimal": _number("percent", 1),
    "points": {
        **_number("decimal", 1, suffix="${format.percentage_points}"),
        "scale": 100,
    },
    "link": {"view_as": "link", "link_text": "${answers.open_link}"},
}
"""Settings of a column by format; money is in the company's currency."""


def read_column_formats(root: Path) -> dict[str, str]:
    """The format of each column that is no text, by its name.

    Raises
    ------
    ContentError
        A format that is none, or a column of two.
    """
    path = root / "pages" / "columns.yml"
    found = metric_formats()
    if unknown := sorted(set(found.values()) - set(FORMATS)):
        raise ContentError(
            f"{METRICS}: {unknown[0]!r} is no format; choose one of "
            f"{', '.join(FORMATS)}"
        )
    for name, columns in parsed(path).items():
        if name not in FORMATS:
            raise ContentError(
                f"{path}: {name!r} is no format; choose one of {', '.join(FORMATS)}"
            )
        for column in columns:
            if column in found:
                raise ContentError(
                    f"{path}: {column!r} is {found[column]} and {name}; leave one, "
                    "and say the other with `formats` on the card that differs"
                )
            found[column] = name
    return found
