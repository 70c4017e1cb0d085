"""A message that brought purchases, planted: who got it, who was kept back by lot."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from sandbox.simulation.buying import Ints, Purchases
from sandbox.simulation.people import email_of
from sandbox.simulation.timeline import Timeline

__all__ = ["Campaign", "with_campaign"]

_NAME: Final = "Vuelta al cole"
_DAYS_AGO: Final = 45
_COUNTED_DAYS: Final = 30
# One in four customers agreed to marketing (`people.customer_of`).
_AGREED: Final = 4
_WON: Final = 0.12
# Of fewer nobody could tell what a message brought.
_FEWEST: Final = 1_000


@dataclass(frozen=True, eq=False)
class Campaign:
    """Customers by index: written to, and kept back; how many bought because of it."""

    day: int
    written: Ints
    kept_back: Ints
    won_count: int

    def as_truth(self, timeline: Timeline) -> dict[str, Any]:
        """As JSON: what its sender would know, and what nobody else does."""
        return {
            "name": _NAME,
            "sent_on": timeline.date(self.day).isoformat(),
            "customers_won": self.won_count,
            "written": [email_of(index) for index in self.written.tolist()],
            "kept_back": [email_of(index) for index in self.kept_back.tolist()],
        }


def with_campaign(
    purchases: Purchases, timeline: Timeline, rng: np.random.Generator
) -> tuple[Purchases, Campaign | None]:
    """Purchases with those that a message brought in the 30 days after it.

    Of the customers who agreed to marketing half are kept back by lot. Of the others
    12 % buy once more than they would have, for what they spent on their first
    purchase day. None in a company without a campaign, or with too few customers.
    """
    day = timeline.history - _DAYS_AGO
    known = np.unique(purchases.customer[purchases.day < day])
    agreed = known[known % _AGREED == 0]
    if not timeline.company.has_campaign or agreed.size * _AGREED < _FEWEST:
        return purchases, None
    drawn = rng.permutation(agreed)
    written, kept_back = (np.sort(half) for half in np.array_split(drawn, 2))
    bought = written[rng.random(written.size) < _WON]
    days = day + 1 + rng.integers(_COUNTED_DAYS, size=bought.size)
    order = np.argsort(purchases.customer, kind="stable")
    first = order[np.searchsorted(purchases.customer[order], bought)]
    amounts = purchases.net_minor[first]
    count = purchases.channel.size
    taken = np.isin(days * count + bought, purchases.day * count + purchases.customer)
    bought, days, amounts = bought[~taken], days[~taken], amounts[~taken]
    during = (purchases.day > day) & (purchases.day <= day + _COUNTED_DAYS)
    anyway = np.isin(bought, purchases.customer[during])
    customer = np.append(purchases.customer, bought)
    all_days = np.append(purchases.day, days)
    order = np.lexsort((customer, all_days))
    together = replace(
        purchases,
        customer=customer[order],
        day=all_days[order],
        net_minor=np.append(purchases.net_minor, amounts)[order],
    )
    return together, Campaign(day, written, kept_back, int((~anyway).sum()))
