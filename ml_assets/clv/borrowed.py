"""When there are too few repeat buyers for a model: what customers of other shops do.

Nothing of another company is in it, only four public logs, as parameters of MBG/NBD
(Batislam, Denizel & Filiztekin 2007). Each is supposed at eleven speeds and with three
rates of leaving, since shops differ more than these four; how plausible each of these
models g is, is weighed by Bayes' rule: w_g = p_g L_g / sum p L, L_g the likelihood of
the company's own histories. What is expected is the mean over them, and what they
differ by is not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml_assets.clv.calibration import log_odds
from ml_assets.clv.forecast import Buying
from ml_assets.clv.histories import Floats, Histories, distinct_positions
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.intervals import count_interval
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.bg_nbd_likelihood import log_likelihoods
from ml_assets.clv.purchases import Seen

__all__ = ["FEWEST_CUSTOMERS", "SHORTEST_HISTORY_DAYS", "Borrowed", "borrowed"]

FEWEST_CUSTOMERS: Final = 10
SHORTEST_HISTORY_DAYS: Final = 14

# r, alpha (days), a, b: this engine's fits to the whole logs (docs/models).
_SHOPS: Final = {
    "CDNOW, music": (0.618, 60.6, 0.552, 1.009),
    "Online Retail II, gifts, mostly wholesale": (0.710, 64.7, 0.144, 3.390),
    "donors": (3.445, 1906.0, 0.315, 0.532),
    "coffee_machine": (0.481, 6.015, 0.830, 0.400),
}
# ln of how much slower than one of the shops, normal around 0.
_SLOWER: Final = np.linspace(-2.5, 2.5, 11)
_SLOWER_SD: Final = 1.2
# ln of what b is multiplied with, and how plausible that is: three points for a normal
# around 0 whose sd, 1.6, is that of ln(b / a) over the four shops (Gauss and Hermite).
_STAYING: Final = {-2.8: 1 / 6, 0.0: 2 / 3, 2.8: 1 / 6}
# What the level of shops moves by, as a share of it: no history this short knows it.
_LEVEL_SD: Final = 0.3
_NEGLIGIBLE: Final = 1e-4


@dataclass(frozen=True, eq=False)
class Borrowed:
    """Models that a company's customers may follow, and how plausible each is."""

    models: tuple[BgNbd, ...]
    weights: Floats

    def expected_buying(self, histories: Histories, days: float) -> Buying:
        """Purchases of customers, shapes (n,), in `days` to come.

        P(active) stays NaN: who leaves is not known of this company.
        """
        distinct, positions = distinct_positions(histories)
        counts = np.bincount(positions).astype(np.float64)
        horizon = np.array([days])
        found = [forecast_horizons(one, horizon, distinct) for one in self.models]
        each = np.stack([one.mean[:, 0] for one in found])
        orders = self.weights @ each
        square = self.weights @ np.stack([one.square[:, 0] for one in found])
        none = np.stack([one.no_purchase[:, 0] for one in found])
        no_purchase, odds = self.weights @ none, log_odds(none)
        unknown = np.full(orders.size, np.nan)
        return Buying(
            active=unknown,
            active_logit_sd=unknown,
            no_purchase=no_purchase,
            no_purchase_logit_sd=np.sqrt(
                self.weights @ (odds - self.weights @ odds) ** 2
            ),
            orders=orders,
            orders_square=square,
            orders_interval=count_interval(no_purchase, orders, square),
            orders_common=self._common(each @ counts),
        ).of(positions)

    def _common(self, totals: Floats) -> float:
        """Squared relative error of the total that all customers share."""
        total = float(self.weights @ totals)
        apart = float(self.weights @ (totals - total) ** 2)
        return apart / max(total, 1e-12) ** 2 + _LEVEL_SD**2


def borrowed(seen: Seen) -> Borrowed | None:
    """The models, or None: under 10 customers, or under two weeks of history."""
    age = seen.histories.age_days
    if age.size < FEWEST_CUSTOMERS or age.max() < SHORTEST_HISTORY_DAYS:
        return None
    distinct, positions = distinct_positions(seen.histories)
    counts = np.bincount(positions)
    models, logs = [], []
    for model, log_prior in _supposed():
        likelihoods = log_likelihoods(np.array(model.values), *distinct, model.shape)
        models.append(model)
        logs.append(log_prior + float(counts @ likelihoods))
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    kept = weights > _NEGLIGIBLE
    plausible = tuple(models[position] for position in np.flatnonzero(kept))
    return Borrowed(plausible, weights[kept] / weights[kept].sum())


def _supposed() -> Iterator[tuple[BgNbd, float]]:
    """Every model with the logarithm of how plausible it is before any data."""
    for r, alpha, a, b in _SHOPS.values():
        for slower in _SLOWER.tolist():
            for staying, share in _STAYING.items():
                yield (
                    BgNbd(
                        r,
                        alpha * float(np.exp(slower)),
                        a,
                        b * float(np.exp(staying)),
                        leaves_at_first=True,
                    ),
                    float(np.log(share)) - (slower / _SLOWER_SD) ** 2 / 2,
                )
