"""Advertising accounts that fell silent while others of their source go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.warehouse.database import has_relation

if TYPE_CHECKING:
    from orchestration.lib.alerts.looks import Look

__all__ = ["account_silent"]

_REMEMBERED = timedelta(days=90)
"""What has not spent for longer was given up, and is told no more."""
_SPAN_DAYS, _SPENT_DAYS = 28, 24
"""An account spends every day if it did on so many of the last days it was there."""


def account_silent(look: Look) -> Iterator[Condition]:
    """Accounts that spent every day, and have not for more days than the threshold.

    Days are counted to the newest one on which another account of the source spent: a
    source that is late as a whole is told as that.
    """
    if not has_relation(look.database, "marts.campaign_days"):
        return
    values = {
        "since": (look.now - _REMEMBERED).date(),
        "span_days": _SPAN_DAYS,
        "spent_days": _SPENT_DAYS,
    }
    for row in look.rows(_SILENT, values):
        if not look.rule.is_past(row["silent_days"]):
            continue
        first = row["last_day"] + timedelta(days=1)
        facts = {
            "subject": row["account_id"],
            "source": row["source_slug"],
            "last_day": row["last_day"].isoformat(),
            "asset": ["marts", "campaign_days"],
        }
        yield look.condition(
            f"{row['source_slug']}:{row['account_id']}",
            datetime.combine(first, time(), UTC),
            facts,
            row["silent_days"],
        )


_SILENT = """
    with days as (
        select source_slug, account_id, spend_date
        from marts.campaign_days
        where company_id = %(company)s and spend_date > %(since)s
        group by source_slug, account_id, spend_date
        having sum(original_spend) > 0
    ),

    ended as (
        select days.*,
            max(spend_date) over (partition by source_slug, account_id) as last_day,
            max(spend_date) over (partition by source_slug) as newest_day
        from days
    )

    select source_slug, account_id, last_day, newest_day - last_day as silent_days
    from ended
    where newest_day > last_day and spend_date > last_day - %(span_days)s
    group by source_slug, account_id, last_day, newest_day
    having count(*) >= %(spent_days)s
    order by source_slug, account_id
"""
