"""What a kind of people is like, and what to do for it, by rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pandas as pd

from ml_assets.measurement.shares import wilson_interval

__all__ = ["Profile", "profile_of"]

#: Mean engagement (0-100) above which people want more than is free.
_ENGAGED: Final = 80
#: Conversion (0-1) above which people buy again, of this many at the least.
_BUYS: Final = 0.3
_PEOPLE: Final = 30
_Z: Final = 1.959964
#: Employees from which a company is an enterprise.
_ENTERPRISE: Final = 250


@dataclass(frozen=True)
class Profile:
    """A kind of people; minutes and engagement of those who came."""

    people_count: int
    engagement_mean: float | None
    attended_minutes_mean: float | None
    conversion_count: int
    conversion_ratio: float
    conversion_lower_ratio: float
    conversion_upper_ratio: float
    revenue_mean: float
    top_industry: str | None
    top_company_size: str | None
    wants_premium: bool
    wants_upsell: bool
    wants_enterprise: bool


def profile_of(people: pd.DataFrame) -> Profile:
    """The profile of some of `marts.webinar_audience_members`, at least one."""
    bought = int(people["is_converted"].sum())
    lower, upper = wilson_interval(bought / len(people), len(people), _Z)
    engagement = _mean(people["engagement_mean"])
    size = _most(people["company_size"])
    return Profile(
        people_count=len(people),
        engagement_mean=engagement,
        attended_minutes_mean=_mean(people["attended_minutes_mean"]),
        conversion_count=bought,
        conversion_ratio=bought / len(people),
        conversion_lower_ratio=float(lower),
        conversion_upper_ratio=float(upper),
        revenue_mean=float(people["net_revenue"].astype(float).mean()),
        top_industry=_most(people["industry"]),
        top_company_size=size,
        wants_premium=engagement is not None and engagement > _ENGAGED,
        wants_upsell=len(people) >= _PEOPLE and bought / len(people) > _BUYS,
        wants_enterprise=size is not None and _is_enterprise(size),
    )


def _mean(values: pd.Series) -> float | None:
    told = values.dropna().astype(float)
    return float(told.mean()) if len(told) else None


def _most(values: pd.Series) -> str | None:
    """What most tell, of who tells; the first in order where two are as many."""
    told = values.dropna()
    return str(told.mode().iloc[0]) if len(told) else None


def _is_enterprise(size: str) -> bool:
    """Whether a size as people write it, such as "501-1000" or "Enterprise", is one."""
    numbers = re.findall(r"\d+", size.replace(".", "").replace(",", ""))
    if numbers:
        return int(numbers[0]) >= _ENTERPRISE
    return re.search("enterprise|gran", size.lower()) is not None
