"""One delivery of the example files, read back as plain rows."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.export import export

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sandbox")
    export(directory)
    return directory


@pytest.fixture(scope="session")
def truth(delivered: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((delivered / "truth.json").read_text())
    return found


@pytest.fixture(scope="session")
def order_lines(delivered: Path) -> Rows:
    return read_csv(delivered / "tienda_norte" / "orders_export.csv")


@pytest.fixture(scope="session")
def orders(order_lines: Rows) -> dict[str, Rows]:
    """Rows by order name, in the order of the file."""
    found: dict[str, Rows] = {}
    for row in order_lines:
        found.setdefault(row["Name"], []).append(row)
    return found


def read_csv(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
