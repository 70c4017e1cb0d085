"""A round of the probe: every watched site is asked, and what it said is a row."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.probe.asking import Answer, ask
from orchestration.lib.ingestion.probe.sites import Site, list_sites
from orchestration.lib.warehouse.database import connect

__all__ = ["Check", "probe_once"]

_ASKERS = 16
#: Dagster ends the tick of a sensor after a minute.
_BUDGET_SECONDS = 40.0


@dataclass(frozen=True)
class Check:
    """What a site said, and when it was asked (UTC)."""

    company_id: str
    site_id: str
    checked_at: datetime
    answer: Answer


def probe_once(
    url: str,
    settings: Settings,
    *,
    company_ids: Sequence[str] | None = None,
    budget_seconds: float = _BUDGET_SECONDS,
) -> list[Check]:
    """Ask every watched site once, at the same time, and keep what they said.

    A site that nobody came to ask within the budget has no row: a gap is no outage.
    """
    sites = list_sites(url, settings, company_ids)
    pool = ThreadPoolExecutor(_ASKERS, thread_name_prefix="probe")
    check = partial(_check, settings.probes_private)
    asked = {pool.submit(check, each): each for each in sites}
    done, _ = wait(asked, timeout=budget_seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    checks = [future.result() for future in _in_order(asked, done)]
    with connect(url, "orchestrator") as database:
        database.cursor().executemany(_KEEP, [_row(each) for each in checks])
    return checks


def _check(allows_private: bool, site: Site) -> Check:
    asked_at = datetime.now(UTC)
    answer = ask(site.address, allows_private=allows_private)
    return Check(site.company_id, site.site_id, asked_at, answer)


def _in_order(
    asked: dict[Future[Check], Site], done: set[Future[Check]]
) -> list[Future[Check]]:
    return [future for future in asked if future in done]


def _row(check: Check) -> dict[str, object]:
    told = {"company_id": check.company_id, "site_id": check.site_id}
    return told | {"checked_at": check.checked_at} | vars(check.answer)


# Of a company that is removed meanwhile there is nothing to keep.
_KEEP = """
insert into raw_probe.uptime_checks (company_id, site_id, checked_at, has_answered,
    status_code, response_ms, reason)
select company_id, %(site_id)s, %(checked_at)s, %(has_answered)s, %(status_code)s,
    %(response_ms)s, %(reason)s
from ops.companies where company_id = %(company_id)s
on conflict do nothing
"""
