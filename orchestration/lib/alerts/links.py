"""Where an alert sends people: the page that shows it, and what failed in Dagster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from psycopg import Connection

from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.pages import read_cards, read_pages

__all__ = ["Links", "load_links", "page_of_view"]

# How connections, runs and warnings fare is shown together.
_USUAL = "conexiones"
_PAGES = {
    "model_blocked": "model_health",
    "media_mix_blocked": "model_health",
    "predictions_stale": "model_health",
    "level_above": "panel",
    "level_below": "panel",
    "ratio_above": "panel",
    "ratio_below": "panel",
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
        """The page that shows it; before it is published, where pages are.

        A page that is read anew by itself says so behind the #: servers keep no such
        setting.
        """
        name = _PAGES.get(facts["event"]) or page_of_view(facts.get("view", ""))
        page = read_pages()[name or _USUAL]
        number = self.dashboards.get(page.entity_id)
        if number is None:
            return f"{self.dashboard_url}/"
        anew = f"#refresh={page.refresh_seconds}" if page.refresh_seconds else ""
        return f"{self.dashboard_url}/dashboard/{number}{anew}"

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
    reading = {name for name, card in read_cards().items() if view in card.views}
    found = Counter(
        {
            name: sum(card in reading for card in page.cards)
            for name, page in read_pages().items()
        }
    )
    ((page, count),) = found.most_common(1)
    return page if count else None
