"""When a company's predictions are due, and what is read how often.

The rhythms are settings of the company; which sources take part in which is told by
the registry of sources. Argued in docs/decisions/0043.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from psycopg.rows import dict_row

from orchestration.lib.companies import Company
from orchestration.lib.database import connect

__all__ = ["CADENCES", "Rhythm", "list_rhythms", "next_publication"]

CADENCES = ("daily", "weekly")


@dataclass(frozen=True)
class Rhythm:
    """How often a company wants what.

    Parameters
    ----------
    prediction_cadence
        How often predictions and the media mix are published: daily or weekly.
    is_read_hourly, is_read_tactically
        Whether it is read each hour, and every five minutes.
    source_slugs
        What it has connected.
    last_published
        As-of date of the predictions that people see; None before the first.
    """

    company: Company
    prediction_cadence: str = "daily"
    is_read_hourly: bool = True
    is_read_tactically: bool = False
    source_slugs: frozenset[str] = frozenset()
    last_published: date | None = None

    def is_publishing_due(self, as_of_date: date) -> bool:
        """Whether a run as of this date publishes predictions and the mix.

        Weekly: once the week that ends on Sunday is over, which Monday's run sees, or
        the first run after it if the machine slept. What was blocked stays due.
        """
        if self.prediction_cadence == "daily" or self.last_published is None:
            return True
        return self.last_published < _last_sunday(as_of_date)


def next_publication(as_of_date: date) -> date:
    """The Monday whose run publishes next, for a company that is told so weekly."""
    return _last_sunday(as_of_date) + timedelta(days=8)


def list_rhythms(url: str) -> list[Rhythm]:
    """The rhythm of every company, by id."""
    with connect(url, "transformer") as database:
        published: Mapping[str, date] = dict(
            database.execute(
                """select company_id, max(as_of_date)
                from predictions.predictions_customer group by 1"""
            ).fetchall()
        )
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=dict_row)
        rows = cursor.execute(_RHYTHMS).fetchall()
    return [
        Rhythm(
            Company(*(row.pop(name) for name in _COMPANY)),
            last_published=published.get(company_id),
            source_slugs=frozenset(row.pop("source_slugs")),
            **row,
        )
        for row in rows
        for company_id in [row["company_id"]]
    ]


def _last_sunday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() % 7)


_COMPANY = ("company_id", "name", "currency_code", "time_zone")
_RHYTHMS = """
select
    company_id, name, currency_code, time_zone,
    prediction_cadence, is_read_hourly, is_read_tactically,
    array(
        select distinct source_slug from ops.connections
        where connections.company_id = companies.company_id
    ) as source_slugs
from ops.companies
order by company_id
"""
