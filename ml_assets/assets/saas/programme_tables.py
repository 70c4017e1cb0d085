"""What is said of a programme to keep subscribers, as tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from ml_assets.assets.saas.programme_reviews import MONTHS, SHARES, reviews_of
from ml_assets.assets.spoken import in_spanish
from ml_assets.subscriptions.grading import Estimate, share
from ml_assets.subscriptions.programme import accounts_needed, programme_return
from ml_assets.subscriptions.programme_parts import (
    NOTHING,
    Part,
    acquisition_part,
    churn_part,
    expansion_part,
    lifetime_value,
    together,
)
from ml_assets.subscriptions.queue_effect import FEWEST_OF_A_SIDE, LEFT_DAYS
from ml_assets.subscriptions.queue_waits import says_too_early, sides_of

__all__ = ["Programme", "closed_entries", "programme_tables"]

_DAYS_A_MONTH: Final = 365.25 / 12
_THIRD_LESS: Final = 2 / 3


def closed_entries(queue: pd.DataFrame, first_month: date, today: date) -> pd.DataFrame:
    """Entries of the programme whose 90 days are over, as `churn_part` reads them.

    Parameters
    ----------
    queue
        ``opened_on``, ``is_watched``, ``left_within_90d``, ``mrr_then``, ``mrr_now``.
    """
    told = queue[queue["left_within_90d"].notna() & (queue["opened_on"] >= first_month)]
    days = (pd.Timestamp(today) - pd.to_datetime(told["opened_on"])).dt.days
    return pd.DataFrame(
        {
            "is_watched": told["is_watched"].astype(bool),
            "left": told["left_within_90d"].astype(bool),
            # Who leaves does so half way, as far as anybody knows.
            "months": ((days - LEFT_DAYS / 2) / _DAYS_A_MONTH).clip(lower=0),
            "growth": (told["mrr_now"] - told["mrr_then"]).astype(float).clip(lower=0),
        }
    )


@dataclass(frozen=True)
class Programme:
    """What is known of a company's programme.

    Parameters
    ----------
    months
        Complete months in order: accounts, MRR, invoices that failed.
    costs
        ``month_start_date``, ``cost_kind``, ``cost_amount``, ``unpriced_cost_count``.
    entries
        Of `closed_entries`.
    waiting
        Entries of the programme whose 90 days are not over: ``opened_on``,
        ``is_watched``.
    today
        The day that entries were judged as of.
    frozen
        Of `baselines`.
    margin_rate
        Gross margin (0-1); NaN where the company has not told it.
    """

    months: pd.DataFrame
    costs: pd.DataFrame
    entries: pd.DataFrame
    waiting: pd.DataFrame
    today: date
    frozen: pd.DataFrame
    targets: dict[str, float]
    margin_rate: float


def programme_tables(told: Programme) -> dict[str, pd.DataFrame]:
    """Rows of the reviews, the parts and the standing of a programme that costs."""
    months, rate = told.months, told.margin_rate
    own = told.costs[told.costs["cost_kind"] != "acquisition"]
    is_late = months["month_start_date"] >= own["month_start_date"].min()
    late = months[is_late].tail(MONTHS)
    churn = _pooled(late if len(late) else months.tail(MONTHS))
    accounts = int(months["end_account_count"].iloc[-1])
    average = float(months["end_mrr"].iloc[-1]) / accounts if accounts else math.nan
    churned = churn_part(told.entries, average * rate)
    grown = expansion_part(told.entries, rate)
    spent = [_spent(months, told.costs, chosen) for chosen in (~is_late, is_late)]
    unit = {
        **_unit(average, average * rate, churn),
        **_winning(_spent(months, told.costs, is_late | ~is_late)),
        "gross_margin_rate": _or_none(rate),
    }
    return {
        "programme_reviews": reviews_of(late, told.frozen, told.targets),
        "programme_parts": pd.DataFrame(
            [
                _part("churn", churned, _needed(churn, told.targets)),
                _part("expansion", grown, None),
                _part("acquisition", acquisition_part(*spent), None),
            ]
        ),
        "programme_standing": pd.DataFrame(
            [
                _standing(own, [churned, grown])
                | _awaited(told, churned)
                | _per_account(unit)
            ]
        ),
    }


def _pooled(months: pd.DataFrame) -> Estimate:
    hits, cases = (int(months[name].sum()) for name in SHARES["logo_churn_ratio"])
    return share(hits, cases) if cases else NOTHING


def _needed(churn: Estimate, targets: dict[str, float]) -> int | None:
    """Entries a side that tell churn of 90 days from the target, else a third less."""
    target = targets.get("logo_churn_ratio")
    now = 1 - (1 - churn.value) ** MONTHS
    wanted = now * _THIRD_LESS if target is None else 1 - (1 - target) ** MONTHS
    if not 0 < now < 1 or not 0 < wanted < 1 or now == wanted:
        return None
    return max(FEWEST_OF_A_SIDE, accounts_needed(now, wanted))


def _spent(
    months: pd.DataFrame, costs: pd.DataFrame, chosen: pd.Series
) -> tuple[float, int]:
    """Of up to three months whose cost is whole: what winning took, and how many."""
    is_whole = costs["unpriced_cost_count"] == 0
    spent = costs[(costs["cost_kind"] == "acquisition") & is_whole]
    told = months[chosen].merge(spent, on="month_start_date").tail(MONTHS)
    return float(told["cost_amount"].sum()), int(told["new_account_count"].sum())


def _standing(own: pd.DataFrame, parts: list[Part]) -> dict[str, Any]:
    cost = float(own["cost_amount"].sum())
    count = own["month_start_date"].nunique()
    told: dict[str, Any] = {
        "first_month": own["month_start_date"].min(),
        "last_month": own["month_start_date"].max(),
        "month_count": count,
        "cost_amount": cost,
        "unpriced_cost_count": int(own["unpriced_cost_count"].sum()),
        **dict.fromkeys(("margin_amount", "roi", "roi_lower", "roi_upper")),
        "payback_months": None,
    }
    is_early = any(part.verdict == "too_early" for part in parts)
    # A return on a part of the cost would be too high.
    if is_early or told["unpriced_cost_count"]:
        return told | {"verdict": "too_early" if is_early else "unpriced"}
    margin = together(parts)
    if not math.isfinite(margin.value):
        return told | {"verdict": "no_margin"}
    if cost <= 0:
        return told | {"margin_amount": margin.value, "verdict": "no_cost"}
    found = programme_return(margin, cost, months=count)
    is_open = found.roi.lower <= 0 <= found.roi.upper
    verdict = "pays" if found.roi.value > 0 else "loses"
    return told | {
        "margin_amount": margin.value,
        "roi": found.roi.value,
        "roi_lower": found.roi.lower,
        "roi_upper": found.roi.upper,
        "payback_months": found.payback_months,
        "verdict": "cannot_tell" if is_open else verdict,
    }


def _awaited(told: Programme, part: Part) -> dict[str, str | None]:
    """What is lacking for the return to be told, and until when."""
    if part.verdict != "too_early":
        return {"awaited_en": None, "awaited_es": None}
    counts = part.acted_count, part.watched_count
    sides = sides_of(told.waiting, counts, LEFT_DAYS, told.today)
    awaited = says_too_early(*sides, FEWEST_OF_A_SIDE)
    return {"awaited_en": str(awaited), "awaited_es": in_spanish(awaited)}


def _unit(average: float, monthly: float, churn: Estimate) -> dict[str, Any]:
    """What an account is worth, for a churn that stays."""
    worth = lifetime_value(monthly, churn)
    return {
        "average_mrr": _or_none(average),
        "churn_ratio": _or_none(churn.value),
        "saas_clv": _or_none(worth.value),
        "saas_clv_lower": _or_none(worth.lower),
        "saas_clv_upper": _or_none(worth.upper),
    }


def _winning(spent: tuple[float, int]) -> dict[str, Any]:
    cost, count = spent
    return {
        "new_account_count": count,
        "acquisition_cost": cost / count if count and cost else None,
    }


def _per_account(unit: dict[str, Any]) -> dict[str, Any]:
    """With how often its worth pays for winning it, and after how many months."""
    cost, worth = unit["acquisition_cost"], unit["saas_clv"]
    rate, average = unit["gross_margin_rate"], unit["average_mrr"]
    monthly = average * rate if average and rate else None
    return {
        **unit,
        "clv_to_cac": worth / cost if cost and worth is not None else None,
        "cac_payback_months": cost / monthly if cost and monthly else None,
    }


def _part(name: str, part: Part, needed: int | None) -> dict[str, Any]:
    return {
        "part": name,
        "acted_count": part.acted_count,
        "watched_count": part.watched_count,
        "needed_count": needed,
        "effect": _or_none(part.effect.value),
        "effect_lower": _or_none(part.effect.lower),
        "effect_upper": _or_none(part.effect.upper),
        "margin_amount": _or_none(part.margin.value),
        "margin_lower": _or_none(part.margin.lower),
        "margin_upper": _or_none(part.margin.upper),
        "verdict": part.verdict,
    }


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
