"""Look at a company's rules, remember what holds, and tell people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from orchestration.lib.alerts import services
from orchestration.lib.alerts.channels import list_channels
from orchestration.lib.alerts.conditions import judge
from orchestration.lib.alerts.delivery import (
    Failures,
    Postman,
    Send,
    companies_waiting,
)
from orchestration.lib.alerts.ledger import keep, open_alerts
from orchestration.lib.alerts.lifecycle import Circumstances, advance
from orchestration.lib.alerts.links import load_links
from orchestration.lib.alerts.messages import describe
from orchestration.lib.alerts.notifications import Notifications
from orchestration.lib.alerts.policies import load_hours, load_policies
from orchestration.lib.alerts.rules import default_rules, load_rules, sync_rules
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.metrics import Metric
from orchestration.lib.tenancy.companies import Company, list_companies
from orchestration.lib.warehouse.database import connect, one_at_a_time, unless_busy

__all__ = ["Dispatcher", "Round"]


# A tick of the sensor comes each minute, and Dagster ends it after one.
_BUDGET_SECONDS = 40.0
_SENDERS = 8
_LATE = {"*": "Not done in the time of one round: it goes on, or is due at the next."}


@dataclass(frozen=True)
class Round:
    """What went wrong when companies were looked at and told.

    ``unjudged`` has a reason by company, ``undelivered`` one by company and channel.
    """

    unjudged: Mapping[str, str]
    undelivered: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Dispatcher:
    """Evaluates rules of companies, then tells people.

    Parameters
    ----------
    url
        The open database.
    metrics
        The registry, from which rules are made.
    send
        Sends one message to one address.
    budget_seconds
        Seconds in which messages of all companies are begun; what is left is due at
        the next round. One that has begun ends by the patience of its service.
    """

    url: str
    settings: Settings
    metrics: Iterable[Metric] = ()
    send: Send = services.send
    budget_seconds: float = _BUDGET_SECONDS

    def dispatch_all(
        self, now: datetime, companies: Sequence[Company] | None = None
    ) -> Round:
        """Look at every company, or at these, and then tell what is due.

        Companies are told at the same time, so a server that does not answer holds up
        its own company and no other. One that still waits from the round before is
        left to it.
        """
        looked_at = list_companies(self.url) if companies is None else companies
        unjudged = {}
        for company in looked_at:
            try:
                self._judge(company, now)
            # Whatever it is, the other companies have nothing to do with it.
            except Exception as failure:
                unjudged[company.company_id] = f"{type(failure).__name__}: {failure}"
        ids = {company.company_id for company in looked_at}
        waiting = [each for each in companies_waiting(self.url, now) if each in ids]
        failures = self._deliver_at_once(waiting, now)
        return Round(unjudged, failures)

    def dispatch(self, company: Company, now: datetime) -> Failures:
        """Look at a company's rules at ``now`` (aware), and tell what is due.

        Waits while another process does the same for the company.

        Returns
        -------
        dict
            Why a channel did not take a message, by channel.
        """
        self._judge(company, now)
        with one_at_a_time(self.url, _delivery_of(company.company_id)):
            return self._postman(company.company_id).deliver(now, _never)

    def _judge(self, company: Company, now: datetime) -> None:
        with one_at_a_time(self.url, f"alerts of {company.company_id}"):
            with connect(self.url, "orchestrator") as database:
                rules = default_rules(self.metrics)
                sync_rules(database, company.company_id, rules)
            self._remember(company, now)

    def _deliver_at_once(
        self, company_ids: Sequence[str], now: datetime
    ) -> dict[tuple[str, str], str]:
        """Tell companies at the same time, for as long as the budget lasts."""
        end = monotonic() + self.budget_seconds

        def tell(company_id: str) -> Failures:
            with unless_busy(self.url, _delivery_of(company_id)) as is_free:
                if not is_free:
                    return {}
                postman = self._postman(company_id)
                return postman.deliver(now, lambda: monotonic() >= end)

        pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="alerts")
        begun = {
            pool.submit(tell, company_id): company_id for company_id in company_ids
        }
        _, late = wait(begun, timeout=self.budget_seconds)
        # What has not begun is due next time; what has goes on by itself.
        pool.shutdown(wait=False, cancel_futures=True)
        return {
            (company_id, channel_id): reason
            for each, company_id in begun.items()
            for channel_id, reason in (
                _LATE if each in late else _failures(each)
            ).items()
        }

    def _postman(self, company_id: str) -> Postman:
        return Postman(self.url, self.settings, company_id, self.send)

    def _remember(self, company: Company, now: datetime) -> None:
        """One transaction: alerts as they are now, and a row per message to send."""
        company_id = company.company_id
        channels = list_channels(self.url, company_id)
        rules = load_rules(self.url, company_id)
        with connect(self.url, "orchestrator") as database:
            hours = load_hours(database, company_id)
            judgement = judge(database, company, rules, now)
            circumstances = Circumstances(
                enabled={rule.rule_id for rule in rules if rule.is_enabled},
                unjudged=judgement.unjudged,
                channels={each.channel_id: each.severities for each in channels},
                policies=load_policies(database, company_id),
                quiet=hours.quiet(company.time_zone),
            )
            known = open_alerts(database, company_id)
            links = load_links(database, company_id, self.settings)
            notices = Notifications(database, company, channels, links, now)
            for step in advance(known, judgement.conditions, circumstances, now):
                told = describe(step.condition, company, links)
                notices.plan(step, keep(database, company_id, step.alert, told))
            if hours.is_digest_time(now, company.time_zone):
                notices.plan_digest()


def _delivery_of(company_id: str) -> str:
    return f"messages of {company_id}"


def _never() -> bool:
    return False


def _failures(done: Future[Failures]) -> Failures:
    """What channels refused; of a delivery that broke itself, that, for all of them."""
    failure = done.exception()
    if failure is None:
        return done.result()
    return {"*": f"{type(failure).__name__}: {failure}"}
