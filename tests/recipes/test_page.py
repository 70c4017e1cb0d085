"""Whoever follows the recipe of a page has one that is published and answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from metabase.content.company import EXAMPLE
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import connect_as, run
from tests.metabase.server.servers import copy_content, new_server

ROOT = CONTENT_ROOT.parent
_FILE = re.compile(r"```yaml\n# ([\w/.]+)\n(.*?)```", re.DOTALL)
_PART = re.compile(r"`([\w/.]+)`, below `(\w+:)`:\n\n```yaml\n(.*?)```", re.DOTALL)
PAGE = "metabase/pages/commerce/pulso.yml"


def _blocks() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    section = text[text.index("## A page\n") :].split("\n## ")[0]
    files = [(file, "", text) for file, text in _FILE.findall(section)]
    return files + _PART.findall(section)


def _follow(root: Path) -> None:
    """Write what the recipe says, where it says."""
    for file, below, text in _blocks():
        path = root / file
        if not below:
            path.write_text(text, encoding="utf-8")
            continue
        before = path.read_text(encoding="utf-8")
        head = f"\n{below}\n"
        assert before.count(head) == 1
        path.write_text(before.replace(head, f"{head}{text}"), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What pages are made of, without the page."""
    (tmp_path / "metabase").mkdir()
    copy_content(tmp_path / "metabase")
    return tmp_path


def test_the_recipe_costs_what_it_says() -> None:
    blocks = _blocks()

    assert len({file for file, _, _ in blocks}) <= 8
    assert sum(text.count("\n") for _, _, text in blocks) <= 150


def test_a_page_without_an_id_is_told_the_one_of_the_recipe(copy: Path) -> None:
    _follow(copy)
    path = copy / PAGE
    first, rest = path.read_text().split("\n", 1)
    path.write_text(rest)

    done = _validate(copy)

    assert done.returncode == 1
    assert f"a new one is `{first}`" in done.stderr


def test_the_page_is_well_formed(copy: Path) -> None:
    _follow(copy)

    done = _validate(copy)

    assert (done.returncode, done.stdout) == (0, "every dashboard is well formed\n")


def test_the_page_is_published_and_its_cards_answer(
    copy: Path, reporting_url: str
) -> None:
    _follow(copy)
    root = copy / "metabase"

    with new_server(reporting_url, root, ("bolt",)) as server:
        server.run()
        assert len(server.page("Pulso")["dashcards"]) == 3
        assert server.run() == []

    cards = {
        card.path.stem: card for card in load_content(root, EXAMPLE).cards.values()
    }
    with connect_as(reporting_url, "bi_bolt") as connection:
        answers = {
            name: run(connection, cards[name].default_sql()).rows
            for name in ("orders_in_period", "repeat_by_month", "best_months")
        }
    # Bolt had eight orders in each month; of September, under way, no line tells.
    assert answers == {
        "orders_in_period": ((16,),),
        "repeat_by_month": ((date(1997, 8, 1), 0.4),),
        "best_months": (
            (date(1997, 8, 1), 7, Decimal(50)),
            (date(1996, 8, 1), 7, Decimal(50)),
        ),
    }


def _validate(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "metabase", "validate"),
            *("--content", str(root / "metabase")),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
