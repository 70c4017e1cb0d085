"""Look at a company's rules, remember what holds, and tell people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orchestration.lib.alerts import services
from orchestration.lib.alerts.channels import list_channels
from orchestration.lib.alerts.conditions import judge
from orchestration.lib.alerts.delivery import Postman, Send
from orchestration.lib.alerts.ledger import keep, open_alerts
from orchestration.lib.alerts.memory import Circumstances, advance
from orchestration.lib.alerts.messages import describe
from orchestration.lib.alerts.notices import Notices
from orchestration.lib.alerts.policies import load_hours, load_policies
from orchestration.lib.alerts.rules import default_rules, load_rules, sync_rules
from orchestration.lib.companies import Company, list_companies
from orchestration.lib.database import connect, one_at_a_time
from orchestration.lib.metrics import Metric
from orchestration.lib.settings import Settings

__all__ = ["Dispatcher"]


@dataclass(frozen=True)
class Dispatcher:
    """Evaluates rules and tells people, company by company.

    Parameters
    ----------
    url
        The open database.
    metrics
        The registry, from which rules are made.
    send
        Sends one message to one address.
    """

    url: str
    settings: Settings
    metrics: Iterable[Metric] = ()
    send: Send = services.send

    def dispatch_all(self, now: datetime) -> dict[str, str]:
        """Dispatch every company.

        Returns
        -------
        dict
            What went wrong, by company; it stops no other company.
        """
        failures = {}
        for company in list_companies(self.url):
            try:
                self.dispatch(company, now)
            # Whatever it is, the other companies have nothing to do with it.
            except Exception as failure:
                failures[company.company_id] = f"{type(failure).__name__}: {failure}"
        return failures

    def dispatch(self, company: Company, now: datetime) -> None:
        """Look at a company's rules at ``now`` (aware), and tell what is due.

        Waits while another process does the same for the company.
        """
        with one_at_a_time(self.url, f"alerts of {company.company_id}"):
            with connect(self.url, "orchestrator") as database:
                rules = default_rules(self.metrics)
                sync_rules(database, company.company_id, rules)
            self._remember(company, now)
            Postman(self.url, self.settings, company.company_id, self.send).deliver(now)

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
            notices = Notices(database, company, channels, now)
            for step in advance(known, judgement.conditions, circumstances, now):
                told = describe(step.condition, company, self.settings)
                notices.plan(step, keep(database, company_id, step.alert, told))
            if hours.is_digest_time(now, company.time_zone):
                notices.plan_digest(self.settings)
