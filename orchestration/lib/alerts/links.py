"""Where an alert sends people: the page that shows it, and what failed in Dagster."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from psycopg import Connection

from orchestration.lib.core.settings import PROJECT_ROOT, Settings

__all__ = ["Links", "load_links", "page_of_view"]

_CONTENT = PROJECT_ROOT / "metabase" / "collections" / "main" / "timonel"
_ENTITY = re.compile(r"^entity_id: (\S+)", re.MULTILINE)
_CARDS = re.compile(r"card_id: (\S+)")
_VIEWS = re.compile(r"\breporting\.([a-z_0-9]+)")
# How connections, runs and warnings fare is shown together.
_USUAL = "conexiones"
_PAGES = {
    "model_blocked": "model_health",
    "media_mix_blocked": "model_health",
    "predictions_stale": "model_health",
    "deviation": "panel",
}


@dataclass(frozen=True)
class Links:
    """The addresses of one company.

    Parameters
    ----------
    dashboard_url, dagster_url
        Without a slash at the end.
    dashboards
        Numbers that the dashboards of the company have on that server, by their
        ``entity_id``; empty before they were published there.
    """

    dashboard_url: str
    dagster_url: str
    dashboards: Mapping[str, int] = field(default_factory=dict)

    def page(self, facts: Mapping[str, Any]) -> str:
        """The page that shows it; before it is published, where pages are."""
        page = _PAGES.get(facts["event"]) or page_of_view(facts.get("view", ""))
        entity_id, _ = _pages()[page or _USUAL]
        if number := self.dashboards.get(entity_id):
            return f"{self.dashboard_url}/dashboard/{number}"
        return f"{self.dashboard_url}/"

    def failure(self, facts: Mapping[str, Any]) -> str:
        """The run or the asset that failed; of what is neither, what watches it."""
        if page := facts.get("page"):
            return f"{self.dagster_url}/{page}"
        if asset := facts.get("asset"):
            return f"{self.dagster_url}/assets/{'/'.join(asset)}"
        return f"{self.dagster_url}/automation"


def load_links(database: Connection, company_id: str, settings: Settings) -> Links:
    """The addresses of a company, with the dashboards it has on the server in use."""
    rows = database.execute(
        """select key, metabase_id from ops.metabase_objects
        where company_id = %s and kind = 'dashboard' and instance = %s""",
        (company_id, settings.dashboard_url),
    ).fetchall()
    return Links(settings.dashboard_url, settings.dagster_url, dict(rows))


@cache
def page_of_view(view: str) -> str | None:
    """The page with most cards on a view of ``reporting``; None if no card reads it."""
    reading = {card for card, views in _cards().items() if view in views}
    found = Counter(
        {
            page: sum(card in reading for card in cards)
            for page, (_, cards) in sorted(_pages().items())
        }
    )
    ((page, count),) = found.most_common(1)
    return page if count else None


@cache
def _pages() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Identity of each page and its cards, by the name of its file."""
    return {
        name: (_ENTITY.findall(text)[0], tuple(_CARDS.findall(text)))
        for name, text in _files().items()
        if "\ndashcards:" in text
    }


@cache
def _cards() -> Mapping[str, frozenset[str]]:
    """The views that each card reads, by its identity."""
    return {
        _ENTITY.findall(text)[0]: frozenset(_VIEWS.findall(text))
        for text in _files().values()
        if "\ndashcards:" not in text and _ENTITY.search(text)
    }


@cache
def _files() -> Mapping[str, str]:
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(_CONTENT.glob("*.yaml"))
    }
