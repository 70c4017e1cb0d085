"""Why a customer's numbers are what they are, as codes people can be told.

Codes say what is seen, not what causes it. Labels live with the dashboards (the dbt
seed `customer_value_reasons`).
"""

from typing import Final

import numpy as np

from ml_assets.clv.histories import Bools, Floats, Histories

__all__ = ["REASON_CODES", "reason_codes"]

REASON_CODES: Final = (
    "company_average",
    "one_purchase",
    "new_customer",
    "within_usual_pace",
    "silent_longer_than_usual",
    "frequent_buyer",
    "large_orders",
)
_NEW_DAYS: Final = 30
# Nine waits of ten are shorter than this many mean waits, of a wait without memory.
_LONG_WAIT: Final = float(np.log(10))
# The upper fifth, as in the quintiles of RFM.
_HIGH: Final = 0.8


def reason_codes(
    histories: Histories, order_value: Floats, *, is_average: bool
) -> list[str]:
    """Codes of each customer, joined by commas, in the order of REASON_CODES.

    - `company_average`: the company has no model, other shops stand in (`borrowed`)
    - `one_purchase`: has not bought again yet
    - `new_customer`: first purchase within 30 days
    - `within_usual_pace`, `silent_longer_than_usual`: the days since the last purchase,
      against the own mean wait and against ln(10) times that (nine waits of ten are
      shorter when purchases have no memory)
    - `frequent_buyer`, `large_orders`: among the upper fifth of repeat buyers by
      purchases, of all customers by expected order value

    Parameters
    ----------
    histories : Histories, shape (n,)
        In days.
    order_value : ndarray, shape (n,)
        Expected value of the next order, currency.
    """
    x, t_x, age = histories
    repeats = x > 0
    wait = np.where(repeats, t_x / np.maximum(x, 1), np.inf)
    silence = age - t_x
    seen = {
        "company_average": np.full(x.size, is_average),
        "one_purchase": ~repeats,
        "new_customer": age < _NEW_DAYS,
        "within_usual_pace": repeats & (silence <= wait),
        "silent_longer_than_usual": repeats & (silence > _LONG_WAIT * wait),
        "frequent_buyer": repeats & _high(x, among=repeats),
        "large_orders": _high(order_value, among=np.isfinite(order_value)),
    }
    # A customer has one of few combinations: each is spelt once.
    bits = sum(seen[code].astype(np.int64) << n for n, code in enumerate(REASON_CODES))
    combinations, which = np.unique(bits, return_inverse=True)
    spelt = [
        ",".join(c for n, c in enumerate(REASON_CODES) if one >> n & 1)
        for one in combinations.tolist()
    ]
    return [spelt[position] for position in which.tolist()]


def _high(values: Floats, among: Bools) -> Bools:
    """Above the fifth quintile's edge; nobody is where all are equal."""
    if not among.any():
        return np.zeros(values.size, dtype=bool)
    return np.asarray(values > np.quantile(values[among], _HIGH))
