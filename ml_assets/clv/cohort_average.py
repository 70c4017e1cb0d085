"""When there are too few repeat buyers for a model: the company's own average.

Every customer buys again at the common rate of the company, repeat purchases per day
of exposure, with a gamma spread around it as wide as shops commonly show. The intervals
are wide on purpose.
"""

from typing import NamedTuple

import numpy as np

from ml_assets.clv.forecast import Buying
from ml_assets.clv.intervals import count_interval
from ml_assets.clv.purchases import Seen

__all__ = [
    "FEWEST_CUSTOMERS",
    "SHORTEST_HISTORY_DAYS",
    "CohortAverage",
    "cohort_average",
]

# r of BG/NBD and Pareto/NBD on public data lies between 0.24 and 0.85 (`models`).
_SPREAD = 0.5
# Half a purchase keeps the rate of a shop without repeats above zero (Jeffreys).
_PRIOR_PURCHASES = 0.5
FEWEST_CUSTOMERS = 10
SHORTEST_HISTORY_DAYS = 14


class CohortAverage(NamedTuple):
    """Repeat purchases per day of a customer, and how many they were counted from."""

    rate: float
    purchases: float

    def expected_buying(self, size: int, days: float) -> Buying:
        """The same for everybody; P(active) cannot be told and stays NaN."""
        everyone, unknown = np.ones(size), np.full(size, np.nan)
        orders = self.rate * days * everyone
        rate_variance = 1 / self.purchases
        square = orders + orders**2 * (1 + 1 / _SPREAD) * (1 + rate_variance)
        no_purchase = (1 + orders / _SPREAD) ** -_SPREAD
        return Buying(
            active=unknown,
            active_logit_sd=unknown,
            no_purchase=no_purchase,
            no_purchase_logit_sd=np.sqrt(rate_variance) * everyone,
            orders=orders,
            orders_square=square,
            orders_interval=count_interval(no_purchase, orders, square),
            orders_common=rate_variance,
        )


def cohort_average(seen: Seen) -> CohortAverage | None:
    """The average, or None: under 10 customers, or under two weeks of history."""
    age = seen.histories.age_days
    if age.size < FEWEST_CUSTOMERS or age.max() < SHORTEST_HISTORY_DAYS:
        return None
    purchases = float(seen.histories.frequency.sum()) + _PRIOR_PURCHASES
    return CohortAverage(purchases / float(age.sum()), purchases)
