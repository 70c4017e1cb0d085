"""What each kind of exported file holds, as its contract declares it to tap-files.

Whatever lists the kinds of files (options of commands, counts of what landed, suites,
staging) is derived from here, so that a new kind is one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed

__all__ = ["AUTO", "FileContract", "contract_names", "file_contracts"]

_FOLDER = PROJECT_ROOT / "taps/tap_files/contracts"

#: The name under which a file's header says which contract it fulfils.
AUTO = "auto"


@dataclass(frozen=True)
class FileContract:
    """One kind of file.

    Attributes
    ----------
    stream : the table of ``raw_files`` where its rows land.
    amount_column : what its control total adds up, or None.
    key : columns that name a row.
    columns : of the table, as they are declared: name, type, description, bounds.
    """

    name: str
    stream: str
    description: str
    amount_column: str | None
    key: tuple[str, ...]
    columns: tuple[Mapping[str, Any], ...]

    @property
    def total(self) -> str:
        """The control total of its rows, in SQL.

        A row of Shopify's export that continues an order repeats no total.
        """
        if self.amount_column is None:
            return "0"
        has_order_rows = any(each["name"] == "is_order_row" for each in self.columns)
        only = " filter (where is_order_row)" if has_order_rows else ""
        return f"sum({self.amount_column}){only}"


def contract_names() -> tuple[str, ...]:
    """The names that a file may be read as, ``auto`` first."""
    return (AUTO, *(path.stem for path in _files()))


@cache
def file_contracts() -> tuple[FileContract, ...]:
    """Every kind of file, by name."""
    return tuple(_contract(parsed(path)) for path in _files())


def _files() -> list[Path]:
    return sorted(_FOLDER.rglob("*.yml"), key=lambda path: path.name)


def _contract(told: Mapping[str, Any]) -> FileContract:
    columns = (each for each in told["columns"] if each.get("loaded", True))
    return FileContract(
        name=told["name"],
        stream=told["stream"],
        description=told["description"],
        amount_column=told["amount_column"],
        key=tuple(told.get("key", ())),
        columns=(*columns, *told["derived"]),
    )
