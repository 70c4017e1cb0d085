"""Would boosting be let in by a company's own past, and would that have been right?

At each origin of a set the challenger (`value_forecasts.NEAR`) is admitted if it was
better than ours, in MAE and in RMSE of orders, at each of the earlier origins whose
days were over, two at the least. What admissions were worth are its errors there as
multiples of ours; of letting it in always, too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from tests.benchmarks.peers.value_forecasts import NEAR

__all__ = ["admissions", "challenger_table"]

_FEWEST: Final = 2
_KEY: Final = ["set", "days", "origin"]
_ERRORS: Final = ["mae", "rmse", "value_mae"]
_HEAD: Final = (
    "| set | days | origins | with two earlier ones | admitted | errors where admitted "
    "| errors if always admitted |"
)


def admissions(rows: pd.DataFrame) -> pd.DataFrame:
    """A row per set, horizon and origin that both answered.

    Parameters
    ----------
    rows : DataFrame
        `set`, `days`, `origin` (days since 1970), `forecaster`, `mae`, `rmse`,
        `value_mae`.

    Returns
    -------
    DataFrame
        `set`, `days`, `origin`, the errors as multiples of ours, `is_judged` (there
        are earlier origins enough) and `is_admitted`.
    """
    ours, near = (
        rows[rows["forecaster"] == name].set_index(_KEY)[_ERRORS].dropna()
        for name in ("ours", NEAR)
    )
    ratios = (near / ours).dropna().reset_index()
    found = [
        some.assign(**_verdicts(some, int(str(days))))
        for (_, days), some in ratios.groupby(["set", "days"], sort=False)
    ]
    return pd.concat(found) if found else ratios.assign(is_judged=[], is_admitted=[])


def _verdicts(some: pd.DataFrame, days: int) -> dict[str, list[bool]]:
    better = (some["mae"] < 1) & (some["rmse"] < 1)
    over = [better[some["origin"] + days <= origin] for origin in some["origin"]]
    judged = [len(earlier) >= _FEWEST for earlier in over]
    return {
        "is_judged": judged,
        "is_admitted": [
            is_judged and bool(earlier.all())
            for is_judged, earlier in zip(judged, over, strict=True)
        ],
    }


def challenger_table(rows: pd.DataFrame) -> str:
    """A line per set and horizon, then one of all."""
    found = admissions(rows)
    if found.empty:
        return "The challenger was not measured: scikit-learn is not installed."
    lines = [_HEAD, "|" + "---|" * (_HEAD.count("|") - 1)]
    for (name, days), some in found.groupby(["set", "days"], sort=False):
        lines.append(_line(f"{name} | {days}", some))
    lines.append(_line("**all** |", found))
    return "\n".join(lines)


def _line(name: str, some: pd.DataFrame) -> str:
    judged, admitted = some[some["is_judged"]], some[some["is_admitted"]]
    counts = f"{len(some)} | {len(judged)} | {len(admitted)}"
    return f"| {name} | {counts} | {_means(admitted)} | {_means(some)} |"


def _means(some: pd.DataFrame) -> str:
    """Geometric means of the multiples."""
    if some.empty:
        return ""
    means = np.exp(np.log(some[_ERRORS].to_numpy(np.float64)).mean(axis=0))
    return ", ".join(f"{one:.3f}" for one in means)
