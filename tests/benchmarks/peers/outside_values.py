"""Peers of the value models, for an interpreter that has them.

Asked by `tests.benchmarks.peers.values` (`answering` says how). A question holds
`customer`, `day`, `amount` (rows, sorted by customer and day) up to the day `as_of`,
and `days`, the horizon. An answer has `orders` and `value`, shape (customers,), in the
order of the customers.

Gradient boosting learns from the same company's own earlier days: what customers looked
like `days` and more before the as-of day, and what they did in the `days` after that.
Features are what the histories say (`FEATURES`), each with the direction that it may
work in.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tests.benchmarks.peers.answering import answer_questions

Floats = npt.NDArray[np.float64]

# Name and direction: more of it means more (1) or fewer (-1) orders, or either (0).
FEATURES: Final = {
    "repeats": 1,
    "silence": -1,
    "age": 0,
    "mean wait": 0,
    "silence in waits": -1,
    "orders of 30 days": 1,
    "orders of 90 days": 1,
    "orders of 180 days": 1,
    "orders of 365 days": 1,
    "mean amount": 0,
    "last amount": 0,
}
_AMOUNTS: Final = ("mean amount", "last amount")
_WINDOWS: Final = (30, 90, 180, 365)
_CUTS: Final = 3
_BETWEEN: Final = 30
_SHORTEST: Final = 28
_SETTINGS: Final = {
    "max_iter": 150,
    "learning_rate": 0.05,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "random_state": 1,
}


def main() -> None:
    """Answer until nobody asks."""
    answer_questions(
        {
            "gradient boosting": ("scikit-learn", boosted),
            "pymc-marketing": ("pymc-marketing", pymc_marketing),
        }
    )


class _Log:
    def __init__(self, folder: Path) -> None:
        with np.load(folder / "question.npz") as found:
            self.customer, self.day = found["customer"], found["day"]
            self.amount = found["amount"].astype(float)
            self.as_of, self.days = int(found["as_of"]), int(found["days"])

    def features(self, day: int) -> tuple[npt.NDArray[Any], Floats]:
        """Who bought up to a day, and a row of features for each."""
        known = self.day <= day
        who, when, paid = self.customer[known], self.day[known], self.amount[known]
        people, starts, count = np.unique(who, return_index=True, return_counts=True)
        last = when[starts + count - 1]
        silence, age = day - last, day - when[starts]
        wait = (last - when[starts]) / np.maximum(count - 1, 1)
        recent = [
            np.bincount(who[when > day - window], minlength=people.max() + 1)[people]
            for window in _WINDOWS
        ]
        mean = np.add.reduceat(paid, starts) / count
        columns = [count - 1, silence, age, wait, silence / np.maximum(wait, 1)]
        columns += [*recent, mean, paid[starts + count - 1]]
        return people, np.column_stack(columns).astype(float)

    def later(self, people: npt.NDArray[Any], day: int) -> tuple[Floats, Floats]:
        """Orders and amount of those people in the days after a day."""
        inside = (self.day > day) & (self.day <= day + self.days)
        size = self.customer.max() + 1
        orders = np.bincount(self.customer[inside], minlength=size)
        value = np.bincount(self.customer[inside], self.amount[inside], minlength=size)
        return orders[people].astype(float), value[people]


def boosted(folder: Path) -> dict[str, Any]:
    """Poisson boosting with monotone constraints, of orders and of value."""
    log = _Log(folder)
    ends = [log.as_of - log.days - _BETWEEN * cut for cut in range(_CUTS)]
    cuts = [end for end in ends if end - log.day.min() >= _SHORTEST]
    if not cuts:
        raise ValueError("no earlier day to learn from")
    seen = [log.features(cut) for cut in cuts]
    came = [log.later(one[0], cut) for one, cut in zip(seen, cuts, strict=True)]
    x = np.vstack([rows for _, rows in seen])
    _, now = log.features(log.as_of)
    orders, value = (np.concatenate(each) for each in zip(*came, strict=True))
    scale = max(float(value.mean()), 1e-9)
    more = dict(FEATURES) | dict.fromkeys(_AMOUNTS, 1)
    return {
        "orders": _poisson(x, orders, list(FEATURES.values()), now),
        "value": scale * _poisson(x, value / scale, list(more.values()), now),
    }


def _poisson(x: Floats, y: Floats, directions: list[int], now: Floats) -> Floats:
    boosting = import_module("sklearn.ensemble").HistGradientBoostingRegressor(
        loss="poisson", monotonic_cst=directions, **_SETTINGS
    )
    found: Floats = boosting.fit(x, y).predict(now)
    return found


def pymc_marketing(folder: Path) -> dict[str, Any]:
    """BG/NBD and Gamma-Gamma, the most likely parameters under its own priors."""
    log = _Log(folder)
    clv = import_module("pymc_marketing.clv")
    frame = _summary(log)
    buying = clv.BetaGeoModel()
    buying.fit(data=frame, method="map", progressbar=False)
    orders = _mean(buying.expected_purchases(data=frame, future_t=log.days))
    repeats = frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]
    spending = clv.GammaGammaModel()
    spending.fit(data=repeats, method="map", progressbar=False)
    worth = _mean(spending.expected_customer_spend(data=frame))
    return {"orders": orders, "value": orders * worth}


def _summary(log: _Log) -> Any:
    people, starts, count = np.unique(
        log.customer, return_index=True, return_counts=True
    )
    first, last = log.day[starts], log.day[starts + count - 1]
    repeat = np.add.reduceat(log.amount, starts) - log.amount[starts]
    return import_module("pandas").DataFrame(
        {
            "customer_id": people,
            "frequency": (count - 1).astype(float),
            "recency": (last - first).astype(float),
            "T": (log.as_of - first).astype(float),
            "monetary_value": repeat / np.maximum(count - 1, 1),
        }
    )


def _mean(draws: Any) -> Floats:
    return np.asarray(draws.mean(("chain", "draw")), dtype=float)


if __name__ == "__main__":
    main()
