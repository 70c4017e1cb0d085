"""When people buy more or less: weekdays, public holidays, promotions, trend."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import holidays
import numpy as np
import numpy.typing as npt

from sandbox.simulation.companies import Company
from sandbox.simulation.timeline import Timeline

__all__ = ["Promotion", "Seasons", "seasons_of"]

_WEEKDAYS: Final = (1.08, 1.02, 0.98, 0.97, 0.93, 0.92, 1.10)
_HOLIDAY: Final = 0.75
_TREND: Final = (0.85, 1.15)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Promotion:
    """A sale: organic demand is `uplift` times what it would be; `code` takes 10 %."""

    name: str
    first_day: date
    last_day: date
    uplift: float
    code: str


@dataclass(frozen=True, eq=False)
class Seasons:
    """What multiplies organic demand, day by day; arrays of shape (days,)."""

    trend: Floats
    weekday: Floats
    holiday: Floats
    promotion: Floats
    holidays: tuple[tuple[date, str], ...]
    promotions: tuple[Promotion, ...]

    @property
    def factor(self) -> Floats:
        """All of them together."""
        return self.trend * self.weekday * self.holiday * self.promotion

    def code_of(self, day: date) -> str | None:
        """The discount code of the promotion that runs on a day, if one does."""
        return next(
            (
                promotion.code
                for promotion in self.promotions
                if promotion.first_day <= day <= promotion.last_day
            ),
            None,
        )

    def as_truth(self) -> dict[str, Any]:
        """The multipliers as JSON; weekdays from Monday."""
        return {
            "trend": {"first_day": _TREND[0], "as_of_date": _TREND[1]},
            "weekday": list(_WEEKDAYS),
            "holiday": _HOLIDAY,
            "holidays": [
                {"date": day.isoformat(), "name": name} for day, name in self.holidays
            ],
            "promotions": [
                {
                    "name": promotion.name,
                    "first_day": promotion.first_day.isoformat(),
                    "last_day": promotion.last_day.isoformat(),
                    "uplift": promotion.uplift,
                }
                for promotion in self.promotions
            ],
        }


def seasons_of(timeline: Timeline) -> Seasons:
    """The seasons of the company on its timeline."""
    days = [timeline.date(day) for day in range(timeline.days)]
    years = range(days[0].year, days[-1].year + 1)
    country, _, province = timeline.company.calendar_id.partition("-")
    public = holidays.country_holidays(country, subdiv=province, years=years)
    promotions = tuple(
        promotion
        for year in years
        for promotion in _promotions(timeline.company, year)
        if promotion.last_day >= days[0] and promotion.first_day <= days[-1]
    )
    start, end = _TREND
    return Seasons(
        trend=start + (end - start) * np.arange(len(days)) / (timeline.history - 1),
        weekday=np.array([_WEEKDAYS[day.weekday()] for day in days]),
        holiday=np.array([_HOLIDAY if day in public else 1.0 for day in days]),
        promotion=np.array([_uplift(day, promotions) for day in days]),
        holidays=tuple((day, public[day]) for day in days if day in public),
        promotions=promotions,
    )


def _uplift(day: date, promotions: tuple[Promotion, ...]) -> float:
    return max(
        (
            promotion.uplift
            for promotion in promotions
            if promotion.first_day <= day <= promotion.last_day
        ),
        default=1.0,
    )


def _promotions(company: Company, year: int) -> list[Promotion]:
    black_friday = _nth(year, 11, 3, 4) + timedelta(days=1)

    def promotion(
        name: str, first: date, length: int, uplift: float, code: str
    ) -> Promotion:
        last = first + timedelta(days=length - 1)
        return Promotion(f"{name} {year}", first, last, uplift, code)

    common = [promotion("Black Friday", black_friday, 4, 1.9, "NEGRO10")]
    if company.country_code == "CL":
        cyber_day = _nth(year, 6, 0, 1)
        return [
            *common,
            promotion("CyberDay", cyber_day, 3, 2.1, "CYBER10"),
            promotion("CyberMonday", _nth(year, 10, 0, 1), 3, 2.0, "CYBER10"),
            promotion("Fiestas Patrias", date(year, 9, 10), 7, 1.3, "PATRIAS10"),
        ]
    return [
        *common,
        promotion("Rebajas de enero", date(year, 1, 7), 14, 1.5, "REBAJAS10"),
        promotion("Rebajas de verano", date(year, 7, 1), 14, 1.4, "REBAJAS10"),
        promotion("Aniversario", date(year, 4, 14), 6, 1.35, "NORTE10"),
    ]


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th such weekday (0 Monday) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
