"""A template is compiled once, whoever needs it, and never by what is not its own."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from dbt.clients.jinja import get_rendered
from dbt_common.clients.jinja import get_template
from jinja2 import Environment
from jinja2.bccache import bc_magic

from orchestration.lib.warehouse import brief_templates
from orchestration.lib.warehouse.brief_templates import brief_templates as brief

_SOURCE = "select {{ 1 + n }} as {{ 'a' ~ 'b' }}"


@pytest.fixture(autouse=True)
def _another_process() -> None:
    """Nothing in memory, as a process begins."""
    brief_templates._compiled.clear()


def _text(n: int) -> str:
    context = {"n": n}
    return str(get_template(_SOURCE, context).render(context))


def _rendered(folder: Path, n: int = 1) -> str:
    brief_templates._compiled.clear()
    with brief(folder):
        return _text(n)


def test_another_process_takes_what_was_compiled(tmp_path: Path) -> None:
    first = _rendered(tmp_path)

    with patch.object(brief_templates, "_COMPILE", None):
        again = _rendered(tmp_path, n=2)

    assert (first, again) == ("select 2 as ab", "select 3 as ab")


def test_one_process_compiles_a_template_once(tmp_path: Path) -> None:
    calls = []

    def counted(environment: Environment, source: str) -> object:
        calls.append(source)
        return original(environment, source)

    original = brief_templates._COMPILE
    with patch.object(brief_templates, "_COMPILE", counted), brief(tmp_path):
        for n in (1, 2, 3):
            assert _text(n) == f"select {n + 1} as ab"
    assert calls == [_SOURCE]


def test_a_template_of_values_is_not_taken_for_one_of_text(tmp_path: Path) -> None:
    with brief(tmp_path):
        as_text = get_rendered("{{ [1, 2] | as_native }}", {}, native=False)
        as_value = get_rendered("{{ [1, 2] | as_native }}", {}, native=True)

    assert (as_text, as_value) == ("[1, 2]", [1, 2])


@pytest.mark.parametrize("damage", [b"", b"x", bc_magic + b"x", None])
def test_a_damaged_file_is_compiled_anew(tmp_path: Path, damage: bytes | None) -> None:
    _rendered(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-9] if damage is None else damage)

    assert _rendered(tmp_path) == "select 2 as ab"
    with patch.object(brief_templates, "_COMPILE", None):
        assert _rendered(tmp_path) == "select 2 as ab"


def test_a_folder_that_takes_no_file_only_costs_time(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("no folder")

    assert _rendered(folder) == "select 2 as ab"
