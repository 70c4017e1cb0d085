"""What Cuaderno hears of its accounts: tickets, and answers to surveys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from sandbox.saas.accounts import PLANS, Account
from sandbox.saas.subscriptions import Row

__all__ = ["answers", "tickets"]

_TARGET_MINUTES: Final = (120, 60, 30)
"""What is promised to each plan."""
_TICKETS_A_DAY: Final = {None: 0.012, "support": 0.13, "onboarding": 0.03}
_OPENS, _CLOSES = time(7), time(16)
"""Office hours, UTC, of working days; the largest plan is answered at any hour."""
_ANY_HOUR: Final = 2
_WAITS: Final = {None: 0.55, "support": 2.5}
"""Mean wait for a reply, as a share of what is promised."""
_SOLVED_HOURS: Final = {None: 20, "support": 90}
_ESCALATED: Final = 0.2
_ASKED_OF_TICKETS: Final = 0.35
_PROMOTERS: Final = ("facil_de_usar", "ahorra_tiempo", "buen_soporte")
_DETRACTORS: Final = {
    None: "precio",
    "onboarding": "no_sabemos_usarlo",
    "support": "soporte_lento",
    "features": "faltan_funciones",
    "payment": "precio",
}
_MEANS: Final = {
    "onboarding": (4.3, 2.3),
    "support": (4.4, 2.4),
    "product": (4.2, 2.9),
    "billing": (4.2, 2.6),
    "webinar": (4.5, 3.6),
    "other": (4.1, 2.8),
}
"""Mean CSAT, 1 to 5, of who is well and of who is in the trouble that it is about."""
_ABOUT: Final = {
    "onboarding": {"onboarding"},
    "support": {"support"},
    "product": {"features", "onboarding"},
    "billing": {"payment"},
    "webinar": {"onboarding"},
    "other": {"support", "features", "payment"},
}


def tickets(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> list[Row]:
    """Tickets of all days, those still open without what is not yet known of them."""
    now = datetime.combine(last_day, time(23, 59))
    asked = (
        (one, day, cause)
        for one in accounts
        for day, cause in _days_at(one, last_day, _TICKETS_A_DAY, rng)
    )
    return [
        {"ticket_id": f"t{number}", **_ticket(*each, now, rng)}
        for number, each in enumerate(asked, start=1)
    ]


def _ticket(
    one: Account, day: date, cause: str | None, now: datetime, rng: np.random.Generator
) -> Row:
    tier = PLANS.index(one.terms_on(day).plan)
    opened = datetime.combine(day, _OPENS) + timedelta(
        minutes=int(rng.integers(0, 9 * 60))
    )
    wait = float(rng.exponential(_WAITS.get(cause, _WAITS[None])))
    minutes = round(wait * _TARGET_MINUTES[tier], 1)
    is_timed = tier < _ANY_HOUR
    replied = _after(opened, minutes) if is_timed else opened + _minutes(minutes)
    hours = float(rng.exponential(_SOLVED_HOURS.get(cause, _SOLVED_HOURS[None])))
    solved = replied + _minutes(60 * hours)
    is_escalated = cause == "support" and rng.random() < _ESCALATED
    return {
        "account_id": one.account_id,
        "status": "solved" if solved <= now else "open",
        "support_tier": 1 + tier,
        "created_at": opened,
        "first_replied_at": replied if replied <= now else "",
        "first_reply_business_minutes": minutes if is_timed and replied <= now else "",
        "solved_at": solved if solved <= now else "",
        "escalated_at": opened if is_escalated else "",
    }


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def _after(moment: datetime, minutes: float) -> datetime:
    """So many minutes of office hours later."""
    left = _minutes(minutes)
    while True:
        closes = datetime.combine(moment, _CLOSES)
        if moment.weekday() < 5 and moment + left <= closes:
            return moment + left
        if moment.weekday() < 5:
            left -= closes - moment
        moment = datetime.combine(moment + timedelta(days=1), _OPENS)


def answers(
    accounts: Sequence[Account],
    solved: Sequence[Mapping[str, Any]],
    last_day: date,
    rng: np.random.Generator,
) -> list[Row]:
    """NPS with a reason each quarter, and CSAT where something has just happened."""
    asked = [
        each
        for one in accounts
        for each in _asked(one, last_day, rng)
        if one.is_here(each[0]) and each[0] <= last_day
    ]
    of = {one.account_id: one for one in accounts}
    asked += [
        (row["solved_at"].date(), of[row["account_id"]], "support")
        for row in solved
        if row["solved_at"] and rng.random() < _ASKED_OF_TICKETS
    ]
    rows: list[Row] = []
    for number, (day, one, touchpoint) in enumerate(asked):
        trouble = one.trouble_on(day)
        cause = trouble.cause if trouble else None
        row = {
            "response_id": f"r{number}",
            "respondent_id": f"{one.account_id}_0",
            "account_id": one.account_id,
            "answered_at": day,
        }
        if touchpoint == "nps":
            rows += _nps(row, cause, rng)
            continue
        mean = _MEANS[touchpoint][cause in _ABOUT[touchpoint]]
        score = min(max(round(float(rng.normal(mean, 0.9))), 1), 5)
        rows.append({**row, "kind": "csat", "touchpoint": touchpoint, "score": score})
    return rows


def _nps(row: Row, cause: str | None, rng: np.random.Generator) -> list[Row]:
    drawn = round(float(rng.normal(8.7 if cause is None else 5.8, 1.5)))
    score = min(max(drawn, 0), 10)
    reason = _DETRACTORS[cause] if score < 7 else _PROMOTERS[int(rng.integers(0, 3))]
    of = {**row, "touchpoint": "product"}
    return [
        {**of, "kind": "nps", "score": score},
        {**of, "kind": "reason", "question_key": "por_que", "choice": reason},
    ]


def _asked(
    one: Account, last_day: date, rng: np.random.Generator
) -> Iterator[tuple[date, Account, str]]:
    """When an account answers, and what about; were it there."""
    began = one.joined_on
    for name, after, chance in (("onboarding", 21, 0.5), ("webinar", 30, 0.25)):
        if rng.random() < chance:
            yield began + timedelta(days=after), one, name
    for name, every, chance in (
        ("nps", 90, 0.4),
        ("product", 90, 0.25),
        ("billing", 120, 0.2),
        ("other", 180, 0.3),
    ):
        day = began + timedelta(days=int(rng.integers(30, every)))
        while day <= last_day:
            if rng.random() < chance:
                yield day, one, name
            day += timedelta(days=every)


def _days_at(
    one: Account,
    last_day: date,
    rates: Mapping[str | None, float],
    rng: np.random.Generator,
) -> list[tuple[date, str | None]]:
    """Days on which something happens, by a rate a day that troubles change."""
    found: list[tuple[date, str | None]] = []
    for stay in one.stays:
        until = stay.left_on or last_day + timedelta(days=1)
        size = (until - stay.began_on).days
        causes: list[str | None] = [None] * size
        for trouble in one.troubles:
            first = max((trouble.since - stay.began_on).days, 0)
            last = min((trouble.until - stay.began_on).days, size)
            if first < last:
                causes[first:last] = [trouble.cause] * (last - first)
        chance = [rates.get(cause, rates[None]) for cause in causes]
        found += [
            (stay.began_on + timedelta(days=int(at)), causes[at])
            for at in np.flatnonzero(rng.random(size) < chance)
        ]
    return found
