"""Measure how often a community without any change raises an alarm.

``python -m tests.benchmarks.community_alarms [--communities 40] [--days 1100]``.
Communities of the demo's kind, of 2, 4 and 8 people who come a day, with invitations;
looked at on each of the last 91 days. With 400 days they still fill up, which is a
change. Told: alarms that began, by community and quarter, of
registrations and active professionals together as an alert has them, and how many
halves of registrations in the last two weeks are told.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from ml_assets.measurement.level_changes import judge_level
from sandbox.community.people import simulate_people

_LAST = date(2026, 11, 20)
_QUARTER = [_LAST - timedelta(days=n) for n in range(90, -1, -1)]
_FORTNIGHT = 14


def main() -> None:
    """Simulate, look at each day, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=40)
    parser.add_argument("--days", type=int, default=1100)
    arguments = parser.parse_args()
    print(
        f"{'a day':>6}{'alarms a quarter':>18}{'more than one':>15}{'halves told':>13}"
    )
    for daily in (2.0, 4.0, 8.0):
        alarms, told = [], 0
        for seed in range(arguments.communities):
            registered, active = _series(daily, seed, arguments.days)
            alarms.append(_begun(registered, active))
            told += _is_half_told(registered, np.random.default_rng(seed))
        several = np.mean(np.array(alarms) > 1)
        share = told / arguments.communities
        print(f"{daily:>6}{np.mean(alarms):>18.2f}{several:>15.0%}{share:>13.0%}")


def _series(daily: float, seed: int, days: int) -> tuple[Counter[date], Counter[date]]:
    """Registrations and active people of each day."""
    rng = np.random.default_rng(20_000 + seed)
    people = simulate_people(_LAST - timedelta(days=days), _LAST, daily, rng)
    registered = Counter(one.registered_at.date() for one in people)
    active = Counter(day for one in people for day in set(one.active_days))
    return registered, active


def _begun(*series: Mapping[date, float]) -> int:
    """How many alarms began: those of one side, in either series, are one."""
    before: set[str] = set()
    count = 0
    for day in _QUARTER:
        found = {
            str(judged.side)
            for values in series
            if (judged := judge_level(values, day)) is not None and judged.is_unusual
        }
        count += len(found - before)
        before = found
    return count


def _is_half_told(registered: Mapping[date, float], rng: np.random.Generator) -> bool:
    """Whether half of the registrations of two weeks is told by their last day."""
    halved = dict(registered)
    for n in range(_FORTNIGHT):
        day = _LAST - timedelta(days=n)
        halved[day] = int(rng.binomial(int(halved.get(day, 0)), 0.5))
    found = judge_level(halved, _LAST)
    return found is not None and found.side == "below"


if __name__ == "__main__":
    main()
