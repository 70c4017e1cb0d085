"""Watched websites that do not answer, as the probe's own rows say it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestration.lib.alerts.lifecycle import Condition

if TYPE_CHECKING:
    from orchestration.lib.alerts.looks import Look

__all__ = ["website_down"]

# A probe that stopped says nothing: what was down then is not told as over meanwhile.
_PROBED_WITHIN = timedelta(days=1)


def website_down(look: Look) -> Iterator[Condition]:
    """Those whose last checks all failed; one of more than a day ago says nothing."""
    for row in look.rows(_DOWN, {"since": look.now - _PROBED_WITHIN}):
        since, count = row.pop("down_since"), row.pop("down_count")
        if look.rule.is_past(count):
            facts = row | {"asset": ["marts", "uptime_days"]}
            yield look.condition(row["subject"], since, facts, count)


# Checks after the last that was answered, of sites that were asked lately.
_DOWN = """
    select site_id as subject, count(*)::int as down_count,
        min(checked_at) as down_since,
        (array_agg(coalesce(status_code::text, reason) order by checked_at desc))[1]
            as detail
    from raw_probe.uptime_checks as checks inner join ops.watched_sites as watched
        using (company_id, site_id)
    where company_id = %(company)s and checked_at > coalesce((
        select max(checked_at) from raw_probe.uptime_checks as answered
        where answered.company_id = checks.company_id
            and answered.site_id = checks.site_id and has_answered
    ), '-infinity')
    group by site_id having max(checked_at) > %(since)s
    order by site_id
"""
