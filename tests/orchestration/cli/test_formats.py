"""What a command lists is there for people and for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import typer
from rich.console import Console

from orchestration.cli import app, console
from orchestration.cli.console import Format, print_table

_ROW: dict[str, Any] = {
    "id": "a-name-that-is-longer-than-the-window",
    "asked_for": datetime(2026, 11, 26, 9, 5, tzinfo=UTC),
    "until": date(2026, 12, 1),
    "count": 1234,
    "share": Decimal("0.250"),
    "on": True,
    "takes": ["high", "medium"],
    "by": None,
    "note": "[bold]=1+1",
}
_LISTING = {"list", "list_all", "rules", "segments", "results", "targets", "show"}
# Of one thing, told in sentences.
_TOLD = {
    *("audience show", "coupon show", "quarantine show", "scenario show"),
    *("alerts channel show", "metabase show"),
}


def _commands(group: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each command by its words, with the names of what it takes."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", {one.name for one in command.params}


def test_whatever_lists_has_a_format() -> None:
    listing = {
        path: names
        for path, names in _commands(typer.main.get_command(app))
        if path.split()[-1] in _LISTING and path not in _TOLD
    }

    assert len(listing) >= 12
    assert {path for path, names in listing.items() if "form" not in names} == set()


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    text = io.StringIO()
    narrow = Console(file=text, width=70)
    monkeypatch.setattr(console, "console", narrow)
    return text


def test_what_is_typed_next_is_whole_in_a_narrow_window(window: io.StringIO) -> None:
    print_table([_ROW], Format.table)

    assert _ROW["id"] in window.getvalue()


def test_people_read_values_as_they_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(console, "console", Console(file=text, width=300))

    print_table([_ROW], Format.table)

    heading, line = text.getvalue().splitlines()
    assert heading.split()[:3] == ["id", "asked", "for"]
    for told in ("2026-11-26 09:05 UTC", "2026-12-01", "1,234", "0.25", "yes"):
        assert told in line
    assert "high, medium" in line
    assert "[bold]=1+1" in line


def test_programs_read_values_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([_ROW], Format.json)
    (told,) = json.loads(capsys.readouterr().out)
    print_table([_ROW], Format.csv)
    (cells,) = csv.DictReader(io.StringIO(capsys.readouterr().out))

    assert (told["count"], told["share"], told["on"], told["by"]) == (
        *(1234, 0.25, True),
        None,
    )
    assert told["takes"] == ["high", "medium"]
    assert cells["takes"] == "high, medium"
    assert list(told) == list(_ROW) == list(cells)


def test_nothing_is_said_to_people_and_is_empty_for_programs(
    window: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    print_table([], Format.table, "No channel yet.")
    print_table([], Format.json, "No channel yet.")

    assert window.getvalue() == "No channel yet.\n"
    assert json.loads(capsys.readouterr().out) == []
