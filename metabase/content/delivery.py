"""Read delivery.yml: which pages are mailed, and which may be embedded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from metabase.content.entities import Dashboard
from metabase.content.errors import ContentError
from metabase.content.roles import read_yaml
from metabase.content.schedules import RHYTHMS, Schedule

__all__ = [
    "COMPANY_SLUG",
    "Delivery",
    "Subscription",
    "embedding_keys",
    "page_of",
    "read_delivery",
]

COMPANY_SLUG = "company"
"""The locked parameter of an embedded page."""


@dataclass(frozen=True)
class Subscription:
    """A page that is mailed, and when, in the company's own time."""

    rhythm: str
    page: str
    schedule: Schedule


@dataclass(frozen=True)
class Delivery:
    """Everything that leaves; ``embeddable`` is empty while it is closed.

    ``reports`` are the rhythms whose recipients get a report, by its template: of a
    quarterly one ``monthly``.
    """

    subscriptions: tuple[Subscription, ...]
    embeddable: frozenset[str]
    company_title: str = ""
    reports: Mapping[str, str] = field(default_factory=dict)

    def within(self, pages: Collection[str]) -> Delivery:
        """What leaves of a company that has taken these pages only."""
        return replace(
            self,
            subscriptions=tuple(one for one in self.subscriptions if one.page in pages),
            embeddable=self.embeddable.intersection(pages),
        )


def page_of(page: Dashboard) -> str:
    """The name of a dashboard in our YAML: that of its file."""
    return page.path.stem


def read_delivery(path: Path, pages: Collection[str], company_title: str) -> Delivery:
    """Read what is delivered; ``pages`` are the names of the files there are.

    Raises
    ------
    ContentError
        A page or a rhythm that does not exist.
    """
    told = read_yaml(path, ("subscriptions", "reports", "plan_reports", "embeddable"))
    subscriptions = tuple(
        _subscription(path, rhythm, one)
        for rhythm, one in told["subscriptions"].items()
    )
    for page in (*told["embeddable"], *(one.page for one in subscriptions)):
        if page not in pages:
            raise ContentError(f"{path}: no dashboard file is called {page}.yaml")
    reports = dict(told["reports"])
    for of_plan in told["plan_reports"].values():
        reports |= of_plan
    # Who is named for the month gets the quarter.
    reports = {
        name: "monthly" if rhythm == "quarterly" else rhythm
        for name, rhythm in reports.items()
    }
    for rhythm in reports.values():
        _check_rhythm(path, rhythm)
    embeddable = frozenset(told["embeddable"])
    return Delivery(subscriptions, embeddable, company_title, reports)


def _subscription(path: Path, rhythm: str, told: Mapping[str, Any]) -> Subscription:
    _check_rhythm(path, rhythm)
    schedule = Schedule(rhythm, int(told["hour"]), told.get("day"))
    return Subscription(rhythm, told["dashboard"], schedule)


def _check_rhythm(path: Path, rhythm: str) -> None:
    if rhythm not in RHYTHMS:
        raise ContentError(f"{path}: {rhythm!r} is not one of {', '.join(RHYTHMS)}")


def embedding_keys(
    delivery: Delivery,
    page: Dashboard,
    parameters: Sequence[Mapping[str, Any]],
    company_id: str,
) -> dict[str, Any]:
    """Keys of a dashboard that open it to signed links, or close it.

    A link has to name the company, which the reader cannot change. It is not mapped
    to a card: rows are kept apart by the connection, as everywhere.
    """
    if page_of(page) not in delivery.embeddable:
        return {"enable_embedding": False}
    locked = {
        "id": f"{COMPANY_SLUG}-{company_id}",
        "name": delivery.company_title,
        "slug": COMPANY_SLUG,
        "type": "string/=",
        "sectionId": "string",
    }
    own = {str(one["slug"]): "enabled" for one in parameters}
    return {
        "enable_embedding": True,
        "embedding_type": "guest-embed",
        "embedding_params": {**own, COMPANY_SLUG: "locked"},
        "parameters": [*parameters, locked],
    }
