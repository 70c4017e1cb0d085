"""The parameters of an insights call, understood or refused."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, TypeAlias

from sandbox.meta_ads.actions import checked_windows
from sandbox.meta_ads.errors import GraphError, invalid_parameter
from sandbox.meta_ads.filters import Filter, requested_filters
from sandbox.meta_ads.insight_fields import checked_fields
from sandbox.meta_ads.parameters import (
    Parameters,
    field_names,
    list_of,
    structure_of,
)

__all__ = ["Level", "Period", "Question", "understood"]

Level: TypeAlias = Literal["account", "campaign", "adset", "ad"]
Period: TypeAlias = tuple[date, date]
"""First and last day, both included."""

_LEVELS: Final = ("account", "campaign", "adset", "ad")
_MONTHS_KEPT: Final = 37
_LONGEST_INCREMENT: Final = 90


@dataclass(frozen=True)
class Question:
    """What was asked, with the defaults filled in."""

    level: Level
    fields: tuple[str, ...]
    periods: tuple[Period, ...]
    """One row per thing and period: days, weeks, or whole ranges."""
    is_by_platform: bool
    windows: tuple[str, ...]
    filters: tuple[Filter, ...]


def understood(parameters: Parameters, *, own_level: Level, today: date) -> Question:
    """Read the parameters; `own_level` is that of the object asked about.

    Raises
    ------
    GraphError
    """
    level = str(parameters.get("level") or own_level)
    if level not in _LEVELS:
        raise invalid_parameter(
            f"level must be one of the following values: {', '.join(_LEVELS)}"
        )
    breakdowns = list_of(parameters, "breakdowns")
    if breakdowns not in ([], ["publisher_platform"]):
        raise invalid_parameter(
            f"breakdowns {breakdowns} are not served by the sandbox, only "
            "publisher_platform is."
        )
    ranges = _ranges(parameters, today)
    increment = str(parameters.get("time_increment") or "all_days")
    return Question(
        level=level,  # type: ignore[arg-type]
        fields=checked_fields(field_names(parameters)),
        periods=tuple(period for one in ranges for period in _periods(one, increment)),
        is_by_platform=bool(breakdowns),
        windows=checked_windows(list_of(parameters, "action_attribution_windows")),
        filters=requested_filters(parameters),
    )


def _ranges(parameters: Parameters, today: date) -> list[Period]:
    several = structure_of(parameters, "time_ranges")
    one = structure_of(parameters, "time_range")
    if several or one:
        given = several or [one]
        found = [_range(part) for part in given]
    else:
        found = [_preset(str(parameters.get("date_preset") or "last_30d"), today)]
    for first, _ in found:
        if first < _months_before(today, _MONTHS_KEPT):
            raise GraphError(
                3_018,
                "(#3018) The start date of the time range cannot be beyond 37 months "
                "from the current date",
            )
    return found


def _range(part: Any) -> Period:
    if not isinstance(part, Mapping) or not {"since", "until"} <= set(part):
        raise invalid_parameter("param time_range must be {'since', 'until'}.")
    try:
        first = date.fromisoformat(str(part["since"]))
        last = date.fromisoformat(str(part["until"]))
    except ValueError:
        raise invalid_parameter(
            "time_range dates must be in the format YYYY-MM-DD."
        ) from None
    if first > last:
        raise invalid_parameter("time_range since must not be after until.")
    return first, last


def _preset(name: str, today: date) -> Period:
    yesterday = today - timedelta(days=1)
    month = today.replace(day=1)
    fixed = {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "this_month": (month, today),
        "last_month": (
            (month - timedelta(days=1)).replace(day=1),
            month - timedelta(days=1),
        ),
        "maximum": (_months_before(today, _MONTHS_KEPT), today),
    }
    if name in fixed:
        return fixed[name]
    length = name.removeprefix("last_").removesuffix("d")
    if length not in ("3", "7", "14", "28", "30", "90"):
        raise invalid_parameter(f"date_preset {name} is not a valid value.")
    return today - timedelta(days=int(length)), yesterday


def _periods(whole: Period, increment: str) -> list[Period]:
    first, last = whole
    if increment == "all_days":
        return [whole]
    if increment == "monthly":
        return _months(first, last)
    if not increment.isdigit() or not 1 <= int(increment) <= _LONGEST_INCREMENT:
        raise invalid_parameter("time_increment must be 1 to 90, monthly or all_days.")
    step = timedelta(days=int(increment))
    found = []
    while first <= last:
        found.append((first, min(first + step - timedelta(days=1), last)))
        first += step
    return found


def _months(first: date, last: date) -> list[Period]:
    found = []
    while first <= last:
        days = calendar.monthrange(first.year, first.month)[1]
        found.append((first, min(first.replace(day=days), last)))
        first = first.replace(day=days) + timedelta(days=1)
    return found


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
