"""What is true of a simulated company: parameters, and what its data adds up to."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from sandbox.simulation.buying import BUYING, SPENDING, Purchases
from sandbox.simulation.campaign import Campaign
from sandbox.simulation.channels import ORGANIC
from sandbox.simulation.demand import Demand
from sandbox.simulation.records import Order
from sandbox.simulation.seasons import Seasons
from sandbox.simulation.settling import money_text
from sandbox.simulation.spend import Spend
from sandbox.simulation.timeline import Timeline

__all__ = ["Drawn", "Tally", "simulated_truth"]

_FORMULAS: Final = {
    "paid": "new customers ~ Poisson(scale * hill(adstock(spend)))",
    "adstock": "adstock_t = spend_t + theta * adstock_(t-1), 0 before the first day",
    "hill": "x^slope / (x^slope + half_saturation^slope)",
    "organic": "Poisson(base * trend * weekday * holiday * promotion)",
    "unit": "spend of a day in the company's currency; trend is linear in between",
}


class Tally:
    """Adds up orders as they pass, as of the moment the history ends."""

    def __init__(self, known_until: datetime):
        self._known_until = known_until
        self.kinds: Counter[str] = Counter()
        self.net_minor = 0
        self.later_refunds: list[tuple[str, int]] = []
        """Moments and amounts of refunds still to come of purchases counted."""

    def add(self, order: Order) -> Order:
        """Count an order; hands it on."""
        if order.created_at >= self._known_until:
            return order
        self.kinds[order.kind] += 1
        if order.kind == "purchase":
            self.net_minor += order.total_minor
            for refund in order.refunds:
                if refund.money_moved:
                    self._refund(refund.at, refund.amount_minor)
        return order

    def _refund(self, at: datetime, amount_minor: int) -> None:
        if at < self._known_until:
            self.net_minor -= amount_minor
        else:
            self.later_refunds.append((at.isoformat(), amount_minor))


@dataclass(frozen=True)
class Drawn:
    """Everything that was drawn of a simulated company before its orders."""

    timeline: Timeline
    spends: tuple[Spend, ...]
    seasons: Seasons
    demand: Demand
    purchases: Purchases
    campaign: Campaign | None = None


def simulated_truth(drawn: Drawn, tally: Tally) -> dict[str, Any]:
    """The truth as JSON. `totals.as_of` counts what `marts` should call purchases."""
    timeline, demand, purchases = drawn.timeline, drawn.demand, drawn.purchases
    company, seasons, spends = timeline.company, drawn.seasons, drawn.spends
    return {
        "source": "simulated by sandbox from these parameters",
        "is_published": False,
        "as_of_date": timeline.as_of_date.isoformat(),
        "first_date": timeline.first_day.isoformat(),
        "currency_code": company.currency,
        "time_zone": company.time_zone,
        "bg_nbd": {
            "time_unit": "days",
            "days_per_time_unit": 1,
            "parameters": {
                "r": BUYING.r,
                "alpha": BUYING.alpha,
                "a": BUYING.a,
                "b": BUYING.b,
            },
        },
        "gamma_gamma": _spending(timeline, demand, purchases),
        "media": _media(timeline, spends, demand),
        "organic": {
            "channel": ORGANIC.slug,
            "base": demand.organic_base,
            **_arrived(timeline, demand, ORGANIC.slug),
            **seasons.as_truth(),
        },
        "formulas": _FORMULAS,
        "totals": _totals(timeline, purchases, tally),
        "campaign": drawn.campaign and drawn.campaign.as_truth(timeline),
        "later_refunds": tally.later_refunds,
        "exponent": company.exponent,
    }


def _spending(
    timeline: Timeline, demand: Demand, purchases: Purchases
) -> dict[str, Any]:
    """Per channel, as v differs; pooled customers are no single Gamma-Gamma."""
    rate = timeline.company.euro_rate
    known = purchases.day < timeline.history
    customers = np.unique(purchases.customer[known])
    counts = np.bincount(purchases.channel[customers], minlength=len(demand.channels))
    by_channel = {slug: SPENDING.of_channel(slug, rate) for slug in demand.channels}
    means = np.array([spending.mean for spending in by_channel.values()])
    return {
        "is_per_channel": True,
        "by_channel": {
            slug: {
                "parameters": {"p": spending.p, "q": spending.q, "v": spending.v},
                "mean_purchase_day_value": spending.mean,
                "customer_count": int(count),
            }
            for (slug, spending), count in zip(by_channel.items(), counts, strict=True)
        },
        "mean_purchase_day_value": float((means * counts).sum() / counts.sum()),
    }


def _media(
    timeline: Timeline, spends: tuple[Spend, ...], demand: Demand
) -> dict[str, Any]:
    company, known = timeline.company, slice(0, timeline.history)
    found = {}
    for spend in spends:
        channel = spend.channel
        response = demand.responses[channel.slug]
        total = int(spend.by_day[known].sum())
        found[channel.slug] = {
            "source": channel.source,
            "campaign_ids": sorted(
                {ad.campaign_id for ad in channel.ads if not ad.is_phantom}
            ),
            "adstock": response.adstock,
            "half_saturation": response.half_saturation,
            "slope": response.slope,
            "scale": response.scale,
            "value_multiplier": channel.value,
            "spend_total": money_text(total, company.exponent),
            **_arrived(timeline, demand, channel.slug),
        }
    return found


def _arrived(timeline: Timeline, demand: Demand, slug: str) -> dict[str, Any]:
    known = slice(0, timeline.history)
    return {
        "new_customer_count": int(demand.drawn[slug][known].sum()),
        "expected_new_customers": float(demand.expected[slug][known].sum()),
    }


def _totals(timeline: Timeline, purchases: Purchases, tally: Tally) -> dict[str, Any]:
    counts = np.bincount(purchases.customer[purchases.day < timeline.history])
    counts = counts[counts > 0]
    return {
        "order_count": sum(tally.kinds.values()),
        "order_count_by_kind": dict(sorted(tally.kinds.items())),
        "as_of": {
            "order_count": tally.kinds["purchase"],
            "net_revenue": money_text(tally.net_minor, timeline.company.exponent),
            "customer_count": int(counts.size),
            "repeat_customer_count": int((counts > 1).sum()),
            "repeat_purchase_day_count": int((counts - 1).sum()),
        },
    }
