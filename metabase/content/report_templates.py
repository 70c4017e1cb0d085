"""Read reports/*.yml: which cards a report shows, under which headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metabase.content.company import EXAMPLE
from metabase.content.delivery import page_of, read_delivery
from metabase.content.entities import Card, Content
from metabase.content.errors import ContentError
from metabase.content.labels import fill_in, read_words
from metabase.content.load import load_content
from metabase.content.roles import read_yaml

__all__ = [
    "ReportSection",
    "ReportTemplate",
    "load_report",
    "raw_reports",
    "report_problems",
]

_KEYS = ("title", "description", "period", "sections")
_FOLDER = "reports"


@dataclass(frozen=True)
class ReportSection:
    """Cards under one heading, in order.

    ``is_told``: rows of its tables are read one after the other, as sentences with what
    belongs to each below it.
    """

    heading: str
    cards: tuple[Card, ...]
    is_told: bool = False


@dataclass(frozen=True)
class ReportTemplate:
    """A report before it has numbers; ``name`` is that of its file.

    ``period`` is the card that tells the days which its figures are of.
    """

    name: str
    title: str
    description: str
    period: Card
    sections: tuple[ReportSection, ...]


def raw_reports(root: Path) -> dict[Path, dict[str, Any]]:
    """Parse every template, its words not yet filled in.

    Raises
    ------
    ContentError
        A template that is not YAML, or has other keys than it should.
    """
    return {
        path: read_yaml(path, _KEYS) for path in sorted((root / _FOLDER).glob("*.yml"))
    }


def load_report(
    root: Path, name: str, content: Content, labels: Mapping[str, str]
) -> ReportTemplate:
    """One template with its words and its cards.

    ``name`` may be the beginning of its file's name: ``executive``.

    Raises
    ------
    ContentError
        There is no such template, or it shows a card that does not exist, or twice.
    """
    raw = raw_reports(root)
    found = [path for path in raw if path.stem in (name, _whole(raw, name))]
    if len(found) != 1:
        known = ", ".join(path.stem for path in raw) or "none"
        raise ContentError(f"no report is called {name!r}; there is: {known}")
    told = fill_in(raw[found[0]], labels, str(found[0]))
    cards = {card.path.stem: card for card in content.cards.values()}
    sections = tuple(
        _section(found[0], position, section, cards)
        for position, section in enumerate(told["sections"], start=1)
    )
    if told["period"] not in cards:
        raise ContentError(f"{found[0]}: no card is called {told['period']}")
    return ReportTemplate(
        found[0].stem,
        *(told["title"], told["description"]),
        cards[told["period"]],
        sections,
    )


def _whole(raw: Mapping[Path, Any], name: str) -> str | None:
    begun = [path.stem for path in raw if path.stem.startswith(f"{name}_")]
    return begun[0] if len(begun) == 1 else None


def _section(
    path: Path, position: int, told: Mapping[str, Any], cards: Mapping[str, Card]
) -> ReportSection:
    where = f"{path}: section {position}"
    if set(told) - {"is_told"} != {"heading", "cards"} or not told["cards"]:
        raise ContentError(
            f"{where} needs a heading and cards, and at most is_told beside them"
        )
    names = told["cards"]
    for name in names:
        if name not in cards:
            raise ContentError(f"{where}: no card is called {name}")
        if names.count(name) > 1:
            raise ContentError(f"{where}: {name} is shown twice; leave one out")
    shown = tuple(cards[name] for name in names)
    return ReportSection(told["heading"], shown, told.get("is_told") is True)


def _pages(content: Content) -> list[str]:
    return [page_of(page) for page in content.dashboards]


def report_problems(root: Path, language: str = "es") -> list[str]:
    """What is wrong with any of the templates; empty when all is well."""
    content = load_content(root, EXAMPLE, language)
    labels = read_words(root, language)
    names = {path.stem for path in (root / _FOLDER).glob("*.yml")}
    mailed = read_delivery(root / "delivery.yml", _pages(content), "").reports
    problems = [
        f"{root / 'delivery.yml'}: no report is called {name}; there is: "
        f"{', '.join(sorted(names))}"
        for name in sorted(set(mailed) - names)
    ]
    for path in sorted((root / _FOLDER).glob("*.yml")):
        try:
            load_report(root, path.stem, content, labels)
        except ContentError as problem:
            problems.append(str(problem))
    return problems
