"""What the documents name exists: files, verbs, commands, columns, cards."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperGroup

from metabase.content.company import EXAMPLE
from metabase.content.labels import read_words
from metabase.content.load import CONTENT_ROOT, load_content
from ml_assets.clv.valuation import GATES
from orchestration.cli import app
from orchestration.lib.core.yaml_files import parsed
from tests.suite.each import check_each

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
DOCUMENTS = {
    str(path.relative_to(ROOT)): path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    )
}
_HEADINGS = ["Context", "Options", "Outcome", "Consequences"]
_LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#]+)[^)]*\)")
_CODE = re.compile(r"`([^`\n]+)`")
_COLUMN = re.compile(r"`((?:marts|reporting)\.\w+\.\w+)`")
_TIMONEL = typer.main.get_command(app)
_MADE_BY_A_RUN = ("dbt_project/target", "docker-compose.override.yml")


def _command_lines(text: str) -> list[str]:
    """Lines of indented blocks, and code inside sentences."""
    blocks = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return blocks + _CODE.findall(text)


def _links(document: Path) -> None:
    for target in _LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), target


def test_links_lead_somewhere() -> None:
    check_each(DOCUMENTS, _links)


def _paths(document: Path) -> None:
    tops = {path.name for path in ROOT.iterdir() if path.is_dir()}
    for code in _CODE.findall(document.read_text()):
        is_path = re.fullmatch(r"[\w./-]+", code) and code.split("/")[0] in tops
        if is_path and "/" in code and code not in _MADE_BY_A_RUN:
            assert (ROOT / code).exists(), code


def test_paths_of_the_project_exist() -> None:
    check_each(DOCUMENTS, _paths)


def _verbs(document: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for line in _command_lines(document.read_text()):
        if line.startswith("make "):
            words = re.split(r"\s{2,}", line)[0].split()[1:]
            assert {word for word in words if "=" not in word} <= verbs, line


def test_make_knows_the_verbs() -> None:
    check_each(DOCUMENTS, _verbs)


def _commands(document: Path) -> None:
    for line in _command_lines(document.read_text()):
        found = re.search(r"(?:^|--rm |\.venv/bin/)timonel (?P<rest>[a-z][^|]*)", line)
        if found:
            _check_command(re.split(r"\s{3,}", found["rest"])[0].split(), line)


def test_timonel_knows_the_commands_and_options() -> None:
    check_each(DOCUMENTS, _commands)


def _check_command(words: list[str], line: str) -> None:
    command: Any = _TIMONEL
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    known = {
        option
        for each in command.params
        # --no-hourly is a way to say --hourly.
        for option in (*each.opts, *each.secondary_opts)
    }
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert options - {"--help"} <= known, line


@cache
def _columns() -> set[str]:
    """``schema.table.column`` of every mart and reporting view."""
    columns = set()
    for room in ("marts", "reporting"):
        for file in (ROOT / "dbt_project" / "models" / room).rglob("*.yml"):
            for model in parsed(file).get("models", []):
                for column in model["columns"]:
                    columns.add(f"{room}.{model['name']}.{column['name']}")
    return columns


def test_every_column_of_the_metrics_exists() -> None:
    named = set(_COLUMN.findall((ROOT / "docs" / "metrics.md").read_text()))

    assert named
    assert named - _columns() == set()


def _explained() -> str:
    """What is written by hand, and what is made of the registry and the pages."""
    made = sorted((ROOT / "docs" / "metrics").glob("*.md"))
    return "".join(file.read_text() for file in (ROOT / "docs" / "metrics.md", *made))


def test_every_number_of_the_dashboard_is_explained() -> None:
    words = set(re.findall(r"\w+", _explained()))
    shown = {
        column
        for card in load_content(CONTENT_ROOT, EXAMPLE).cards.values()
        for column in card.columns
    }

    assert shown
    assert shown - words == set()


def test_every_card_is_explained_under_its_title() -> None:
    text = _explained()
    labels = parsed(ROOT / "metabase" / "labels" / "es.yml")

    for card in labels["cards"].values():
        assert f"### {card['title']}\n" in text, card["title"]


def test_every_label_of_the_metrics_is_on_the_dashboard() -> None:
    words = read_words(CONTENT_ROOT, "es")
    text = (ROOT / "docs" / "metrics.md").read_text()
    tables = text[text.index("## The cards") : text.index("## What stands")]
    named = re.findall(r"^\| ([A-ZÚ][^|]+) \|", tables, re.M)

    assert named
    titles = {one for key, one in words.items() if key.startswith("columns.")}
    assert set(named) <= titles


def test_the_runbook_explains_every_gate() -> None:
    text = (ROOT / "docs" / "runbook.md").read_text()

    assert [gate for gate in GATES if f"| `{gate}` |" not in text] == []


def test_decisions_are_numbered_listed_and_complete() -> None:
    pages = sorted(DECISIONS.glob("0*.md"))
    index = (DECISIONS / "README.md").read_text()

    # Written side by side, numbers may leave a gap, but none is given twice.
    assert len({page.name[:4] for page in pages}) == len(pages)
    for page in pages:
        text = page.read_text()
        assert f"({page.name})" in index
        assert re.findall(r"^## (.+)$", text, re.M) == _HEADINGS, page.name
        assert re.search(r"^Status: (accepted|superseded)", text, re.M), page.name


def test_tables_the_runbook_asks_for_exist() -> None:
    folder = ROOT / "orchestration" / "migrations" / "versions"
    migration = "\n".join(path.read_text() for path in folder.glob("*.py"))
    marts = {column.rpartition(".")[0] for column in _columns()}
    text = (ROOT / "docs" / "runbook.md").read_text()
    asked = set(re.findall(r"(?:from|update) ((?:ops|predictions|marts)\.\w+)", text))

    assert asked
    for table in asked - marts:
        assert re.search(
            rf"create table (?:if not exists )?{re.escape(table)}\b", migration
        ), table


def test_no_document_is_longer_than_a_reader_bears() -> None:
    lengths = {
        "README.md": len((ROOT / "README.md").read_text().splitlines()),
        "CONTRIBUTING.md": len((ROOT / "CONTRIBUTING.md").read_text().splitlines()),
    }

    assert lengths["README.md"] <= 160
    assert lengths["CONTRIBUTING.md"] <= 100
