"""What somebody asks of a scenario: read from what they typed, or refused in words."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Bound", "ScenarioRefused", "ScenarioRequest", "read_request"]

_LONGEST_NAME: Final = 80
_LONGEST_BOUNDS: Final = 500
_MOST_DAYS: Final = 92
_DEFAULT_DAYS: Final = 30
_FIELDS: Final = frozenset(
    (
        *("name", "days", "start_date", "total_budget", "budget_change_percent"),
        "bounds",
    )
)
# One per code; dbt's seed scenario_refusals has the same in the readers' languages.
_SENTENCES: Final = {
    "unknown_field": "There is no field '{value}'. The fields are {known}.",
    "no_mix": (
        "There is no published media mix yet, so nothing can be projected. It needs a "
        "year of days with advertising: see the page Marketing."
    ),
    "name_missing": "The scenario has no name. Give it one, such as Black Friday.",
    "text_too_long": (
        "The field {field} has {value} characters; {limit} are allowed. Shorten it."
    ),
    "not_a_number": "The field {field} says '{value}', which is no number.",
    "not_a_date": "The start says '{value}'. Write it as YYYY-MM-DD.",
    "days_out_of_range": (
        "A plan of {value} days cannot be projected: ask for 1 to {limit} days."
    ),
    "start_is_past": (
        "The plan would start on {value}, which is over: what came of it is known. "
        "Start it after {limit}."
    ),
    "start_too_far": (
        "The plan would start on {value}, too far ahead of the days that the curves "
        "were learned from. Start it by {limit}."
    ),
    "nothing_asked": (
        "Nothing would change: give a budget, a change in percent or a limit, such as "
        "meta_ads=0."
    ),
    "budget_told_twice": (
        "Both a budget and a change in percent were given: leave one of them empty."
    ),
    "budget_negative": "A budget of {value} cannot be spent: it must be 0 or above.",
    "bound_not_readable": (
        "The limit '{value}' cannot be read. Write channel=amount, or "
        "channel=least..most, with a semicolon between two channels."
    ),
    "bound_negative": "The limit '{value}' is below 0: spend cannot be.",
    "minimum_above_maximum": (
        "The limit '{value}' has a least amount above the most: exchange them."
    ),
    "channel_unknown": (
        "No curve is known of the channel '{value}'. Channels that can be planned: "
        "{known}."
    ),
    "channel_told_twice": "The channel {value} has two limits: leave one of them.",
    "below_minima": (
        "The least amounts add up to {limit}, more than the budget of {value}. Raise "
        "the budget or lower a limit."
    ),
    "above_maxima": (
        "With these limits at most {limit} can be spent, less than the budget of "
        "{value}. Lower the budget or raise a limit."
    ),
    "beyond_observed": (
        "Too uncertain: {field} was never given more than {limit} in so many days, so "
        "nobody knows what {value} would bring. Ask for {limit} at most."
    ),
    # No longer said (decision 0095): what was refused so can still be read.
    "total_beyond_observed": (
        "Too uncertain: all channels together were never given more than {limit} in so "
        "many days, so nobody knows what {value} would bring. Ask for {limit} at most."
    ),
    "not_computable": (
        "This could not be computed. That is an error of ours: the log has it under "
        "{value}. Ask with other numbers, or tell whoever runs the platform."
    ),
}


class ScenarioRefused(ValueError):
    """What was asked for cannot be projected; the message says what to change.

    Parameters
    ----------
    code
        Which of the sentences it is, for readers of other languages.
    facts
        What stands in the sentence: `field`, `value`, `limit`, `known`.
    """

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(_SENTENCES[code].format(**facts))
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Bound:
    """Least and most that a channel gets in the whole period; None: not told."""

    minimum: float | None
    maximum: float | None


@dataclass(frozen=True)
class ScenarioRequest:
    """A plan somebody wants to see projected.

    `total_budget` is for all its days, in the company's currency; `budget_change` a
    share of what is spent now; with neither, channels without a bound go on as now.
    `start_date` None: the day after the last that the mix knows.
    """

    name: str
    days: int = _DEFAULT_DAYS
    start_date: dt.date | None = None
    total_budget: float | None = None
    budget_change: float | None = None
    bounds: Mapping[str, Bound] = field(default_factory=dict)


def read_request(payload: Mapping[str, Any]) -> ScenarioRequest:
    """What was typed into a form, as a request; empty texts are as if left out.

    Raises
    ------
    ScenarioRefused
        A field is missing, too long, contradicts another or cannot be read.
    """
    told = {key: value for key, value in payload.items() if value not in (None, "")}
    for key in told:
        if key not in _FIELDS:
            raise ScenarioRefused(
                "unknown_field", value=key[:40], known=", ".join(sorted(_FIELDS))
            )
    name = _text(told, "name", _LONGEST_NAME)
    if not name:
        raise ScenarioRefused("name_missing")
    budget, change = (
        _number(told, "total_budget"),
        _number(told, "budget_change_percent"),
    )
    bounds = _bounds(_text(told, "bounds", _LONGEST_BOUNDS))
    if budget is not None and change is not None:
        raise ScenarioRefused("budget_told_twice")
    if (budget is not None and budget < 0) or (change is not None and change < -100):
        shown = f"{budget:,.2f}" if budget is not None else f"{change:,.0f} %"
        raise ScenarioRefused("budget_negative", value=shown)
    if budget is None and not change and not bounds:
        raise ScenarioRefused("nothing_asked")
    return ScenarioRequest(
        name=name,
        days=_days(told),
        start_date=_start(told),
        total_budget=budget,
        budget_change=None if change is None else change / 100,
        bounds=bounds,
    )


def _text(told: Mapping[str, Any], key: str, longest: int) -> str:
    text = str(told.get(key, "")).strip()
    if len(text) > longest:
        raise ScenarioRefused(
            "text_too_long", field=key, value=str(len(text)), limit=str(longest)
        )
    return text


def _number(told: Mapping[str, Any], key: str) -> float | None:
    value = told.get(key)
    if value is None:
        return None
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (OverflowError, TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ScenarioRefused("not_a_number", field=key, value=str(value)[:40])
    return number


def _days(told: Mapping[str, Any]) -> int:
    days = _number(told, "days")
    if days is None:
        return _DEFAULT_DAYS
    if days != int(days) or not 1 <= days <= _MOST_DAYS:
        raise ScenarioRefused(
            "days_out_of_range", value=f"{days:g}", limit=str(_MOST_DAYS)
        )
    return int(days)


def _start(told: Mapping[str, Any]) -> dt.date | None:
    text = str(told.get("start_date", "")).strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ScenarioRefused("not_a_date", value=text[:40]) from None


def _bounds(text: str) -> dict[str, Bound]:
    """`meta_ads=0; google_ads=100..500; tiktok_ads=..200` by channel."""
    found: dict[str, Bound] = {}
    for part in filter(None, (one.strip() for one in re.split(r"[;\n]", text))):
        channel, sign, amounts = (one.strip() for one in part.partition("="))
        if not (channel and sign and amounts):
            raise ScenarioRefused("bound_not_readable", value=part[:60])
        least, dots, most = amounts.partition("..")
        bound = Bound(_amount(part, least), _amount(part, most if dots else least))
        if bound == Bound(None, None):
            raise ScenarioRefused("bound_not_readable", value=part[:60])
        if None not in (bound.minimum, bound.maximum) and (
            (bound.minimum or 0) > (bound.maximum or 0)
        ):
            raise ScenarioRefused("minimum_above_maximum", value=part[:60])
        key = re.sub(r"\W+", "_", channel.lower()).strip("_")
        if key in found:
            raise ScenarioRefused("channel_told_twice", value=key)
        found[key] = bound
    return found


def _amount(part: str, text: str) -> float | None:
    if not text.strip():
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount):
        raise ScenarioRefused("bound_not_readable", value=part[:60])
    if amount < 0:
        raise ScenarioRefused("bound_negative", value=part[:60])
    return amount
