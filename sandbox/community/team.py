"""How the team of a simulated community works: what it wants, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

__all__ = ["team"]

_WEEKS: Final = 12
_TARGETS: Final = (
    # From half a year ago on: target, and where limits begin.
    ("active_person_count", 280, 240, 200),
    ("k_factor", 0.12, 0.06, 0.03),
    ("retention_window_30", 0.9, None, None),
    ("retention_window_90", 0.55, 0.45, None),
    ("attendance_ratio", 0.7, None, None),
    ("delivery_ratio", 0.95, 0.9, 0.8),
    ("completion_ratio", 0.35, None, None),
    ("sponsorship_benefit_ratio", 5, None, None),
)
_ROLES: Final = (
    # People of each role, cards each looks at in a week, every how many weeks.
    ("directivo", 2, 9, 1),
    ("marketing", 3, 21, 1),
    ("devops", 1, 14, 1),
    ("analista", 1, 30, 2),
    ("consultor", 1, 6, 4),
)
_REVIEWS: Final = (
    # Minutes before there were dashboards, and with them; days apart, how often.
    ("weekly", 180, 70, 7, 8),
    ("monthly", 420, 190, 30, 3),
    ("quarterly", 960, 430, 91, 1),
)


def team(last_day: date) -> dict[str, list[list[Any]]]:
    """Targets, looks and preparations up to a day; the same for the same day.

    Returns
    -------
    dict
        ``targets``: metric, month, target, warn, critical. ``looks``: role, person,
        day. ``preparations``: review, day, minutes, whether it is the baseline.
    """
    since = (last_day - timedelta(days=183)).replace(day=1)
    return {
        "targets": [[name, str(since), *rest] for name, *rest in _TARGETS],
        "looks": list(_looks(last_day)),
        "preparations": list(_preparations(last_day)),
    }


def _looks(last_day: date) -> Iterator[list[Any]]:
    monday = last_day - timedelta(days=last_day.weekday())
    for week in range(1, _WEEKS + 1):
        day = monday - timedelta(weeks=week)
        for role, people, cards, every in _ROLES:
            if week % every:
                continue
            for person in range(people):
                for card in range(cards):
                    looked = day + timedelta(days=card % 5)
                    yield [role, f"{role}-{person}", str(looked)]


def _preparations(last_day: date) -> Iterator[list[Any]]:
    for review, before, now, apart, times in _REVIEWS:
        yield [
            review,
            str(last_day - timedelta(days=apart * (times + 1))),
            before,
            True,
        ]
        for number in range(times):
            day = last_day - timedelta(days=apart * number)
            yield [review, str(day), now + 5 * (number % 3), False]
