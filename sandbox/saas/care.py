"""What customer success does with Cuaderno's accounts: by the calendar, and in need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import Account
from sandbox.saas.lives import Stay, Trouble
from sandbox.saas.subscriptions import Row

__all__ = ["activities"]

Done = tuple[date, str, str, str]
"""Day, kind, step of bringing back, outcome."""

_CADENCE: Final = (
    ("outreach", 30, 0.8, ("basico", "equipo", "empresa")),
    ("health_check", 90, 0.7, ("basico", "equipo", "empresa")),
    ("business_review", 90, 0.6, ("equipo", "empresa")),
    ("training", 150, 0.5, ("basico", "equipo", "empresa")),
    ("other", 200, 0.4, ("basico", "equipo", "empresa")),
)
"""How often each is meant to be, and how often it is done; for which plans."""
_STEPS: Final = {
    "check_in_email": 1,
    "feature_email": 3,
    "success_story_email": 7,
    "call": 14,
    "last_email": 21,
}
_NOTICED_DAYS: Final = (4, 15)
_NOTICED: Final = 0.7
_STEP_DONE: Final = 0.75
_CALLED_TODAY: Final = 0.5
"""Of accounts in trouble on the last day: who is written to that day."""


def activities(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> list[Row]:
    """Activities with the accounts that somebody is in charge of.

    They are done because of what goes wrong and change nothing of who leaves.
    """
    rows: list[Row] = []
    for one in accounts:
        if not one.cs_manager:
            continue
        for day, kind, step, outcome in sorted(_done(one, last_day, rng)):
            rows.append(
                {
                    "activity_id": f"a{len(rows)}",
                    "account_id": one.account_id,
                    "activity_type": kind,
                    "cs_manager": one.cs_manager,
                    "sequence_step": step,
                    "outcome": outcome,
                    "occurred_at": day,
                }
            )
    return rows


def _done(one: Account, last_day: date, rng: np.random.Generator) -> list[Done]:
    found = [each for stay in one.stays for each in _usual(one, stay, last_day, rng)]
    for trouble in one.troubles:
        if rng.random() < _NOTICED:
            found += _in_need(one, trouble, rng)
    today = one.trouble_on(last_day)
    if today is not None and rng.random() < _CALLED_TODAY:
        found.append((last_day, "outreach", "check_in_email", "no_answer"))
    return [each for each in found if each[0] <= last_day and one.is_here(each[0])]


def _usual(
    one: Account, stay: Stay, last_day: date, rng: np.random.Generator
) -> Iterator[Done]:
    for kind, every, chance, plans in _CADENCE:
        day = stay.began_on + timedelta(days=int(rng.integers(5, every)))
        while day <= last_day:
            if one.terms_on(day).plan in plans and rng.random() < chance:
                yield day, kind, "", ""
            day += timedelta(days=every)


def _in_need(
    one: Account, trouble: Trouble, rng: np.random.Generator
) -> Iterator[Done]:
    """The steps of bringing back, while it is in trouble, and what came of them."""
    noticed = trouble.since + timedelta(days=int(rng.integers(*_NOTICED_DAYS)))
    for step, after in _STEPS.items():
        day = noticed + timedelta(days=after)
        if day >= trouble.until:
            break
        if rng.random() < _STEP_DONE:
            yield day, "outreach", step, "no_answer"
    else:
        return
    if noticed < trouble.until:
        is_gone = trouble.until in {stay.left_on for stay in one.stays}
        ended = trouble.until - timedelta(days=1) if is_gone else trouble.until
        yield ended, "outreach", "", "leaving" if is_gone else "recovered"
