"""Gates against a past that changed: today's data beside the last good run's.

A wrong import looks like any other shop when seen alone. Beside what was known at the
last publication it does not: purchases of long ago do not move, amounts do not double.
What is intended (an older export loaded, prices raised by half) is published once with
`accept_changes`; from then on it is the past that later runs are held against.
"""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml_assets.clv.gates import GateResult, Outcome
from ml_assets.clv.histories import Floats, column_of_floats
from ml_assets.clv.purchases import PurchaseDays, days_since_1970
from ml_assets.sentences import Sentence

__all__ = ["LastPublished", "same_past", "stable_totals", "usual_amounts"]

_CHANGED_WARN, _CHANGED_BLOCK = 0.02, 0.20
_PAST_WARN, _PAST_BLOCK = 1.05, 1.25
_AMOUNT_WARN, _AMOUNT_BLOCK = 1.4, 1.8
# A sale makes amounts fall: down, more is usual than up.
_FALL_WARN, _FALL_BLOCK = 0.6, 0.4
_TOTAL_WARN, _TOTAL_BLOCK = 1.25, 2.0
_NEW_DAYS, _BEFORE_DAYS = 28, 365
_FEWEST_PURCHASES = 30
_ACTIVE_DAYS = 90
_FEWEST_REPEATERS = 50
_COMPARABLE_DAYS = 45
# A handful of late refunds must not stop a small shop.
_FEWEST_CHANGED = 5


@dataclass(frozen=True, eq=False)
class LastPublished:
    """The predictions that are in force, one row per customer.

    `customers` holds `customer_id`, `frequency`, `recency_days`, `age_days`,
    `historic_value`, `predicted_value_12m` as they were at `as_of_date`. `method` names
    what made them, so that only like is compared with like; `amount_ratio` is what
    `usual_amounts` observed then.
    """

    as_of_date: dt.date
    method: str
    customers: pd.DataFrame
    amount_ratio: float | None = None


def same_past(log: PurchaseDays, last: LastPublished | None) -> GateResult:
    """Block when histories up to the last good run are no longer what they were.

    Observed is the larger excess of two numbers. One is the share of customers whose
    purchase days moved or went, of all or of those recently active, above 20 % and 5
    customers; days that were only added do not count, because a missing export may come
    later. The other is the factor by which the money of unchanged customers moved,
    above 1.25 either way. A tenth and a fifth of that warn.

    Parameters
    ----------
    log : PurchaseDays
        As it is known today, whole.
    """
    gate = "same_past"
    if last is None:
        return _nothing_before(gate)
    then = last.customers
    now = _histories_at(log, last.as_of_date)
    both = then.merge(now, on="customer_id", how="left", suffixes=("", "_now"))
    same, grown = _same(both), _grown(both)
    changed, more = _share(~same & ~grown), _share(grown)
    active = both["age_days"] - both["recency_days"] <= _ACTIVE_DAYS
    lately = _share((~same & ~grown)[active])
    factor = _factor(
        _total(both[same], "historic_value_now"), _total(both[same], "historic_value")
    )
    seen = Sentence(
        "same_past.seen",
        "Of {known} customers known on {then}, {changed:.1%} have other purchase days "
        "than then ({lately:.1%} of those who had bought in the {active} days before), "
        "and {more:.1%} have more; unchanged ones spent {factor:.2f} times what was "
        "known then.",
        known=len(both),
        then=last.as_of_date,
        changed=changed,
        lately=lately,
        active=_ACTIVE_DAYS,
        more=more,
        factor=factor,
    )
    worst = max(changed, lately)
    many = max(changed * len(both), lately * active.sum()) >= _FEWEST_CHANGED
    if (worst > _CHANGED_BLOCK and many) or _apart(factor) > _PAST_BLOCK:
        return _blocked(gate, seen, *_worst(worst, factor))
    if worst > _CHANGED_WARN or _apart(factor) > _PAST_WARN:
        return GateResult(gate, "warned", *_worst(worst, factor), seen)
    return GateResult(gate, "passed", worst, _CHANGED_BLOCK, seen)


def usual_amounts(
    log: PurchaseDays, as_of_day: int, last: LastPublished | None = None
) -> GateResult:
    """Block when what people spend a day jumped: median of 28 days, by the year before.

    Observed is the ratio of the two medians; above 1.8 and, because a sale is no
    mistake, below 0.4 it blocks; above 1.4 and below 0.6 it warns. With fewer than 30
    purchase days on either side nothing is said. A level that was accepted, since the
    last good run already was beyond it, warns.
    """
    gate = "usual_amounts"
    age = as_of_day - log.day
    new = log.amount[(age >= 0) & (age < _NEW_DAYS)]
    before = log.amount[(age >= _NEW_DAYS) & (age < _NEW_DAYS + _BEFORE_DAYS)]
    if min(new.size, before.size) < _FEWEST_PURCHASES:
        message = Sentence(
            "usual_amounts.few",
            "{new} purchase days in {days} days, {before} in the year before: {least} "
            "of each would tell whether amounts jumped.",
            new=new.size,
            days=_NEW_DAYS,
            before=before.size,
            least=_FEWEST_PURCHASES,
        )
        return GateResult(gate, "passed", None, _AMOUNT_BLOCK, message)
    ratio = _factor(float(np.median(new)), float(np.median(before)))
    seen = Sentence(
        "usual_amounts.seen",
        "A usual purchase day of the last {days} days is worth {ratio:.2f} times one "
        "of the year before.",
        days=_NEW_DAYS,
        ratio=ratio,
    )
    if _is_beyond(ratio) and not _is_beyond(last.amount_ratio if last else None):
        threshold = _AMOUNT_BLOCK if ratio > 1 else _FALL_BLOCK
        return _blocked(gate, seen, ratio, threshold)
    unusual = ratio > _AMOUNT_WARN or ratio < _FALL_WARN
    outcome: Outcome = "warned" if unusual else "passed"
    return GateResult(gate, outcome, ratio, _AMOUNT_BLOCK, seen)


def _is_beyond(ratio: float | None) -> bool:
    return ratio is not None and not _FALL_BLOCK <= ratio <= _AMOUNT_BLOCK


def stable_totals(
    predictions: pd.DataFrame,
    last: LastPublished | None,
    as_of_date: dt.date,
    method: str,
) -> GateResult:
    """Block when the value predicted for the same customers doubled or halved.

    Observed is the ratio of `predicted_value_12m` now to that of the last good run,
    over customers of both; 1.25 either way warns. It only warns with fewer than 50
    repeat customers, whose every order moves the total, and passes when the last run is
    more than 45 days old or was made by another method: then everything may move.
    """
    gate = "stable_totals"
    if last is None:
        return _nothing_before(gate)
    both = last.customers.merge(
        predictions[["customer_id", "predicted_value_12m"]],
        on="customer_id",
        suffixes=("", "_now"),
    )
    ratio = _factor(
        _total(both, "predicted_value_12m_now"), _total(both, "predicted_value_12m")
    )
    expected = Sentence(
        "stable_totals.expected",
        "The {customers} customers of the last good run ({then}) are now predicted to "
        "bring {ratio:.2f} times as much in 12 months",
        customers=len(both),
        then=last.as_of_date,
        ratio=ratio,
    )
    apart = (as_of_date - last.as_of_date).days
    if method != last.method or apart > _COMPARABLE_DAYS:
        why = Sentence("stable_totals.later", "{days} days later", days=apart)
        if method != last.method:
            why = Sentence("stable_totals.other_method", "by another method")
        message = Sentence(
            "stable_totals.not_comparable", "{seen}, {why}.", seen=expected, why=why
        )
        return GateResult(gate, "passed", ratio, None, message)
    seen = Sentence("stable_totals.seen", "{seen}.", seen=expected)
    result = _by_factor(gate, seen, ratio, _TOTAL_WARN, _TOTAL_BLOCK)
    repeaters = int((column_of_floats(both, "frequency") > 0).sum())
    if result.outcome == "blocked" and repeaters < _FEWEST_REPEATERS:
        return GateResult(gate, "warned", ratio, _TOTAL_BLOCK, seen)
    return result


def _histories_at(log: PurchaseDays, date: dt.date) -> pd.DataFrame:
    day = days_since_1970(date)
    past = log.up_to(day)
    columns = ("customer_id", "frequency", "recency_days", "age_days", "historic_value")
    if not past.day.size:
        return pd.DataFrame(columns=list(columns))
    seen = past.seen_at(day)
    spent = np.bincount(past.customer, past.amount, minlength=log.customers.size)
    values = (log.customers[seen.customer], *seen.histories, spent[seen.customer])
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


def _same(both: pd.DataFrame) -> "pd.Series[bool]":
    same = pd.Series(True, index=both.index)
    for column in ("frequency", "recency_days", "age_days"):
        same &= both[column] == both[f"{column}_now"]
    return same


def _grown(both: pd.DataFrame) -> "pd.Series[bool]":
    """Purchase days were added and none can have gone."""
    silence = both["age_days"] - both["recency_days"]
    silence_now = both["age_days_now"] - both["recency_days_now"]
    return (
        (both["frequency_now"] > both["frequency"])
        & (both["age_days_now"] >= both["age_days"])
        & (silence_now <= silence)
    )


def _share(flags: "pd.Series[bool]") -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _total(frame: pd.DataFrame, column: str) -> float:
    """In whatever order the rows were read, to the last digit."""
    values: Floats = column_of_floats(frame, column)
    return math.fsum(values[~np.isnan(values)])


def _factor(now: float, then: float) -> float:
    """Now by then; 1 where there was nothing before and is nothing now."""
    if then <= 0:
        return 1.0 if now <= 0 else float("inf")
    return now / then


def _apart(factor: float) -> float:
    return max(factor, 1 / factor) if factor > 0 else float("inf")


def _worst(changed: float, factor: float) -> tuple[float, float]:
    """(observed, threshold) of whichever is farther beyond what blocks."""
    if changed / _CHANGED_BLOCK >= (_apart(factor) - 1) / (_PAST_BLOCK - 1):
        return changed, _CHANGED_BLOCK
    return factor, _PAST_BLOCK


def _by_factor(
    gate: str, seen: Sentence, factor: float, warn: float, block: float
) -> GateResult:
    apart = _apart(factor)
    if apart > block:
        return _blocked(gate, seen, factor, block)
    outcome: Outcome = "warned" if apart > warn else "passed"
    return GateResult(gate, outcome, factor, block, seen)


def _blocked(
    gate: str, seen: Sentence, observed: float, threshold: float
) -> GateResult:
    message = Sentence(
        "drift.blocked",
        "{seen} If this is intended, publish it once with `timonel run --company "
        "COMPANY --accept-changes`; if not, look at what was loaded last.",
        seen=seen,
    )
    return GateResult(gate, "blocked", observed, threshold, message)


def _nothing_before(gate: str) -> GateResult:
    message = Sentence(
        "drift.first",
        "Nothing was published before: there is nothing to compare with.",
    )
    return GateResult(gate, "passed", None, None, message)
