"""What stands on the pages: which cards, and which views of ``reporting`` each reads.

Read from ``metabase/pages``, where pages are declared; nothing of Metabase is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed_text

__all__ = ["Card", "Page", "read_cards", "read_pages"]

_PAGES = PROJECT_ROOT / "metabase" / "pages"
_VIEWS = re.compile(r"\breporting\.([a-z_0-9]+)")
_WORDS = re.compile(r"\w+")
_ASKS = ("sql", "from", "where", "order", "only_if")
_DRAWS = ("metric", "beside", "columns", "x", "by", "metrics", "bubble")
# The period that the reader chose is counted back from the newest month.
_OF_A_PERIOD = ("${query.period}", "reporting.get_")
_PERIODS = "kpi_months"


@dataclass(frozen=True)
class Card:
    """What a card reads and draws.

    ``views`` are those of ``reporting``; ``words`` are all of its question;
    ``titles`` are columns whose label has another key than their name.
    """

    views: tuple[str, ...]
    words: frozenset[str]
    columns: tuple[str, ...]
    titles: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """A dashboard: the id that servers know it by, and the names of its cards.

    ``refresh_seconds``: how often a page that links open reads anew; None is never.
    """

    domain: str
    entity_id: str
    cards: tuple[str, ...]
    refresh_seconds: int | None = None


def read_pages() -> dict[str, Page]:
    """Every page, by name."""
    return {
        path.stem: Page(
            path.parent.name,
            told["id"],
            tuple(told["cards"]),
            told.get("refresh_seconds"),
        )
        for path, told in _files().items()
    }


def read_cards() -> dict[str, Card]:
    """Every card, by name."""
    return {
        name: _card(card)
        for told in _files().values()
        for name, card in told["cards"].items()
        if "shared" not in card
    }


def _card(told: Mapping[str, Any]) -> Card:
    asked = " ".join(str(told[key]) for key in (*_ASKS, *_DRAWS) if key in told)
    views = dict.fromkeys(_VIEWS.findall(asked))
    if any(sign in asked for sign in _OF_A_PERIOD):
        views = {_PERIODS: None, **views}
    return Card(
        tuple(views),
        frozenset(_WORDS.findall(asked)),
        tuple(_columns(told)),
        told.get("titles", {}),
    )


def _columns(told: Mapping[str, Any]) -> Iterator[str]:
    """Names of what is drawn; each is written alone, or with its SQL."""
    for key in _DRAWS:
        drawn = told.get(key, ())
        for one in drawn if isinstance(drawn, list) else [drawn] if drawn else []:
            yield from one if isinstance(one, dict) else [one]


def _files() -> dict[Path, Any]:
    paths = sorted(_PAGES.glob("*/*.yml"), key=lambda path: path.stem)
    return {path: _parsed(path.read_text(encoding="utf-8")) for path in paths}


# By its text: a page that is mended is read anew, as by a service that runs for weeks.
@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    return parsed_text(text)
