"""Seeds are what their declarations say: they change with the code, and only then.

Their rules stand in the seed's ``meta``: ``unique`` (columns, or lists of columns),
``optional`` (columns that may be empty), ``values`` and ``references`` by column.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.lib.core.yaml_files import parsed

FOLDER = Path(__file__).parents[2] / "dbt_project" / "seeds"
DECLARATIONS = sorted(FOLDER.rglob("*.yml"))
Row = dict[str, str]


def declared(file: Path) -> dict[str, Any]:
    """The one seed of a file."""
    (seed,) = parsed(file)["seeds"]
    found: dict[str, Any] = seed
    return found


def rows_of(name: str) -> list[Row]:
    """The rows of a seed, as text."""
    (path,) = FOLDER.rglob(f"{name}.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def problems(seed: dict[str, Any], rows: list[Row]) -> Iterator[str]:
    """What in the rows is not as declared."""
    columns = [column["name"] for column in seed["columns"]]
    rules = seed["config"]["meta"]
    if not rows:
        yield "no rows"
    for row in rows:
        if list(row) != columns:
            yield f"columns {list(row)}, declared {columns}"
            return
    for column in set(columns) - set(rules.get("optional", ())):
        if not all(row[column].strip() for row in rows):
            yield f"{column} is empty"
    for key in rules["unique"]:
        names = key if isinstance(key, list) else [key]
        counts = Counter(tuple(row[name] for name in names) for row in rows)
        yield from (f"twice: {value}" for value, count in counts.items() if count > 1)
    for column, allowed in rules.get("values", {}).items():
        unknown = {row[column] for row in rows} - set(map(str, allowed))
        yield from (f"{column} is {value}" for value in sorted(unknown))
    for column, target in rules.get("references", {}).items():
        other, _, field = target.partition(".")
        known = {row[field] for row in rows_of(other)}
        missing = {row[column] for row in rows} - known
        yield from (f"{column} {value} is not in {other}" for value in sorted(missing))


@pytest.mark.parametrize("file", DECLARATIONS, ids=lambda file: file.stem)
def test_a_seed_is_as_declared(file: Path) -> None:
    assert list(problems(declared(file), rows_of(file.stem))) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"kind": ""}, "kind is empty"),
        ({"kind": "rumour"}, "kind is rumour"),
        ({"channel_id": "nowhere"}, "channel_id nowhere is not in channels"),
        ({}, "twice: ('{kind}', '{alias}')"),
    ],
)
def test_a_row_that_is_not_as_declared_is_found(
    change: dict[str, str], problem: str
) -> None:
    file = FOLDER / "rules" / "channel_aliases.yml"
    seed, rows = declared(file), rows_of(file.stem)

    found = list(problems(seed, [*rows, rows[0] | change]))

    assert problem.format(**rows[0]) in found


def test_every_seed_is_declared() -> None:
    assert {file.stem for file in DECLARATIONS} == {
        file.stem for file in FOLDER.rglob("*.csv")
    }
