"""When there are too few repeat buyers for a model: the company's own average.

Every customer buys again at the common rate of the company, repeat purchases per day
of exposure, with a gamma spread around it as wide as shops commonly show. The intervals
are wide on purpose.
"""

from typing import NamedTuple

import numpy as np

from ml_assets.clv.forecast import Forecast, with_spending
from ml_assets.clv.purchases import Seen
from ml_assets.clv.spending import Spending
from ml_assets.clv.trend import Trend

__all__ = ["CohortAverage", "cohort_average"]

# r of BG/NBD and Pareto/NBD on public data lies between 0.24 and 0.85 (`models`).
_SPREAD = 0.5
# Half a purchase keeps the rate of a shop without repeats above zero (Jeffreys).
_PRIOR_PURCHASES = 0.5
_FEWEST_CUSTOMERS = 10
_SHORTEST_HISTORY_DAYS = 14


class CohortAverage(NamedTuple):
    """Repeat purchases per day of a customer, and how many they were counted from."""

    rate: float
    purchases: float

    def forecast(self, seen: Seen, spending: Spending, days: float) -> Forecast:
        """The same orders for everybody; P(active) cannot be told and stays NaN."""
        size = seen.customer.size
        mean = self.rate * days
        everyone = np.ones(size)
        rate_variance = 1 / self.purchases
        square = mean + mean**2 * (1 + 1 / _SPREAD) * (1 + rate_variance)
        no_purchase = (1 + mean / _SPREAD) ** -_SPREAD
        return with_spending(
            spending,
            Trend(),
            seen,
            active=np.full(size, np.nan),
            active_logit_sd=np.full(size, np.nan),
            no_purchase=no_purchase * everyone,
            no_purchase_logit_sd=np.sqrt(rate_variance) * everyone,
            orders=mean * everyone,
            orders_square=square * everyone,
            orders_common=rate_variance,
        )


def cohort_average(seen: Seen) -> CohortAverage | None:
    """The average, or None: under 10 customers, or under two weeks of history."""
    age = seen.histories.age_days
    if age.size < _FEWEST_CUSTOMERS or age.max() < _SHORTEST_HISTORY_DAYS:
        return None
    purchases = float(seen.histories.frequency.sum()) + _PRIOR_PURCHASES
    return CohortAverage(purchases / float(age.sum()), purchases)
