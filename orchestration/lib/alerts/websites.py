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


# Checks after the last that was answered, of sites that were asked lately. A year has a
# hundred thousand of them a site: the last is looked up once, from the end.
_DOWN = """
    select watched.site_id as subject, count(*)::int as down_count,
        min(checks.checked_at) as down_since,
        (array_agg(coalesce(checks.status_code::text, checks.reason)
            order by checks.checked_at desc))[1] as detail
    from ops.watched_sites as watched
    cross join lateral (
        select coalesce(max(checked_at), '-infinity') as answered_at
        from raw_probe.uptime_checks
        where company_id = watched.company_id and site_id = watched.site_id
            and has_answered
    ) as last
    inner join raw_probe.uptime_checks as checks
        on checks.company_id = watched.company_id
        and checks.site_id = watched.site_id
        and checks.checked_at > last.answered_at
    where watched.company_id = %(company)s
    group by watched.site_id having max(checks.checked_at) > %(since)s
    order by watched.site_id
"""
