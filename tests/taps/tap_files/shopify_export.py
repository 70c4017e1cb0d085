"""Builds Shopify orders exports, with the columns of the real one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

EXAMPLES = Path(__file__).parent / "examples/commerce"


def _header() -> list[str]:
    with (EXAMPLES / "orders_export.csv").open(newline="") as stream:
        return next(csv.reader(stream))


def order_row(name: str, **columns: str) -> dict[str, str]:
    """The first row of an order."""
    defaults = {
        "Email": f"{name.strip('#')}@example.com",
        "Financial Status": "paid",
        "Currency": "EUR",
        "Total": "30.00",
        "Created at": "2024-05-01 10:00:00 +0200",
        "Refunded Amount": "0.00",
        "Id": name.strip("#"),
    }
    given = {key.replace("_", " "): value for key, value in columns.items()}
    return line_row(name) | defaults | given


def line_row(name: str, **columns: str) -> dict[str, str]:
    """A further row of an order."""
    defaults = {"Lineitem quantity": "1", "Lineitem name": "Mug"}
    given = {key.replace("_", " "): value for key, value in columns.items()}
    return {"Name": name, **defaults, "Lineitem price": "30.00", **given}


def export(*rows: dict[str, str]) -> str:
    """The file as text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _header(), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
