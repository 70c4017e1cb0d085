"""When a company's predictions are due, and what is read how often.

The rhythms are settings of the company; which sources take part in which is told by
the registry of sources. Argued in docs/decisions/0043.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from psycopg.rows import dict_row

from orchestration.lib.tenancy.companies import Company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "CADENCES",
    "Rhythm",
    "list_rhythms",
    "next_publication",
    "slack_beyond_a_day",
]

CADENCES = ("daily", "weekly")
_DAY = timedelta(days=1)
_A_WEEK_LESS_A_DAY = timedelta(days=6)
_FEWEST_READS = 4


@dataclass(frozen=True)
class Rhythm:
    """How often a company wants what.

    Parameters
    ----------
    prediction_cadence
        How often predictions and the media mix are published: daily or weekly.
    is_read_hourly, is_read_tactically
        Whether it is read twice an hour, and every two minutes.
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


def slack_beyond_a_day(
    prediction_cadence: str, reads: Sequence[datetime] = ()
) -> timedelta:
    """How much longer than a day may pass before a company, or its source, is late.

    Six days where a week is the rhythm that was asked for. Else what the reads show,
    because a machine that is on twice a week keeps its own: the median of the times
    between them, less a day, and never more than six. Fewer than
    four reads say nothing.

    Parameters
    ----------
    reads
        Starts of the newest reads that succeeded, in any order.
    """
    if prediction_cadence == "weekly":
        return _A_WEEK_LESS_A_DAY
    if len(reads) < _FEWEST_READS:
        return timedelta(0)
    gaps = [later - earlier for earlier, later in pairwise(sorted(reads))]
    usual = timedelta(seconds=median(gap.total_seconds() for gap in gaps))
    return min(max(usual - _DAY, timedelta(0)), _A_WEEK_LESS_A_DAY)


def list_rhythms(url: str) -> list[Rhythm]:
    """The rhythm of every company with data of its own, by id."""
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
where plan <> 'agency'
order by company_id
"""
