"""A thousand random histories, counted evening by evening, to the cent."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.dbt_project.raw_files import RawFile, rates
from tests.dbt_project.saas.random_histories import (
    FIRST_DAY,
    LAST_DAY,
    Version,
    Worth,
    histories,
    worth_by_evening,
)
from tests.dbt_project.warehouse import Warehouse

NOTHING = Decimal(0)
Movement = tuple[str, dt.date, str, Decimal]


@pytest.fixture(scope="module")
def versions() -> list[Version]:
    return list(histories(random.Random(26), 1000))


@pytest.fixture(scope="module")
def worth(versions: list[Version]) -> dict[str, list[Worth]]:
    """What each account is worth on each evening."""
    told = {day: Decimal(rate) for day, _, _, rate in month_ends()}
    in_force: dict[tuple[str, dt.date], Decimal] = {}
    rate = Decimal(0)
    for number in range(-400, (LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + dt.timedelta(number)
        rate = told.get(str(day), rate)
        in_force["USD", day], in_force["EUR", day] = rate, Decimal(1)
    return worth_by_evening(versions, in_force, ZoneInfo("Europe/Madrid"))


@pytest.fixture(scope="module")
def company(warehouse: Warehouse, versions: list[Version]) -> str:
    """Them in a database, a correction of some in another file, and a neighbour."""
    pair = warehouse.add_pair()
    rows = [asdict(version) for version in versions]
    wrong = [{**row, "unit_amount": 1} for row in rows[::7]]
    warehouse.load(
        pair.acme,
        RawFile("wrong.csv", wrong, contract="subscriptions"),
        RawFile("right.csv", rows, contract="subscriptions", version=2),
        rates(*month_ends()),
    )
    warehouse.load(pair.bolt, RawFile("s.csv", rows[:50], contract="subscriptions"))
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of={pair.acme: str(LAST_DAY), pair.bolt: str(LAST_DAY)},
        only=("saas_months", "mrr_movements"),
    )
    return pair.acme


def month_ends() -> list[tuple[str, str, str, str]]:
    """A dollar's rate on the last day of each month."""
    ends = [
        dt.date(year, month, 1) - dt.timedelta(1)
        for year in (2024, 2025, 2026)
        for month in range(1, 13)
    ]
    return [
        (str(day), "USD", "EUR", f"0.{8000 + 137 * number % 1900}")
        for number, day in enumerate(ends)
        if day <= LAST_DAY
    ]


def test_every_movement_is_that_of_the_evenings(
    warehouse: Warehouse, company: str, worth: dict[str, list[Worth]]
) -> None:
    rows = warehouse.rows(
        "select account_id, movement_date, movement, mrr_change"
        " from marts.mrr_movements where company_id = %s",
        [company],
    )

    expected = {m for account, days in worth.items() for m in moved(account, days)}
    assert {tuple(row.values()) for row in rows} == expected
    assert len(rows) == len(expected) > 3000
    kinds = Counter(kind for _, _, kind, _ in expected)
    assert len(kinds) == 6
    assert min(kinds.values()) > 100


def test_every_month_is_that_of_its_two_evenings(
    warehouse: Warehouse, company: str, worth: dict[str, list[Worth]]
) -> None:
    rows = warehouse.rows(
        "select * from marts.saas_months where company_id = %s"
        " order by month_start_date",
        [company],
    )

    # February, in which the last day is, is not over.
    assert len(rows) == 15
    assert (rows[0]["month_start_date"], rows[-1]["month_start_date"]) == (
        dt.date(2024, 11, 1),
        dt.date(2026, 1, 1),
    )
    assert rows[-1]["base_mrr"] > rows[-1]["base_mrr_kept"] > 0
    for row in rows:
        counted = month_of(worth, row["month_start_date"])
        assert {name: row[name] for name in counted} == counted, row["month_start_date"]


def moved(account: str, days: list[Worth]) -> list[Movement]:
    """The movements of an account from evening to evening."""
    found, before, was_there = [], NOTHING, False
    for number, (now, by_old_rates) in enumerate(days):
        day = FIRST_DAY + dt.timedelta(number)
        fx = now - by_old_rates if before and now else NOTHING
        kind = kind_of(before, now, fx, was_there=was_there)
        if kind:
            found.append((account, day, kind, now - before - fx))
        if fx:
            found.append((account, day, "fx", fx))
        before, was_there = now, was_there or now > 0
    return found


def kind_of(before: Decimal, now: Decimal, fx: Decimal, *, was_there: bool) -> str:
    """What a change is, or nothing when only the rates moved."""
    if not before:
        return "" if not now else "reactivation" if was_there else "new"
    if not now:
        return "churn"
    own = now - before - fx
    return "" if not own else "expansion" if own > 0 else "contraction"


def month_of(worth: dict[str, list[Worth]], month: dt.date) -> dict[str, Any]:
    """A month as its two ends tell it, and a year as its two."""
    first = (month - FIRST_DAY).days
    last = (next_month(month) - FIRST_DAY).days - 1
    counts: Counter[str] = Counter()
    added: dict[str, Decimal] = defaultdict(Decimal)
    for days in worth.values():
        start = days[first - 1][0] if first else NOTHING
        end = days[last][0]
        was_there = any(now for now, _ in days[:first])
        is_valued_anew = start and end and days[last - 1][0]
        fx = days[last][0] - days[last][1] if is_valued_anew else NOTHING
        kind = kind_of(start, end, fx, was_there=was_there)
        for name, amount in ((kind, end - start - fx), ("start", start), ("end", end)):
            added[name] += amount
            counts[name] += amount != 0
        added["fx"] += fx
        is_short = not start and not end and any(n for n, _ in days[first:last])
        counts["short"] += is_short
        counts["new and short"] += is_short and not was_there
    return {
        "start_account_count": counts["start"],
        "end_account_count": counts["end"],
        "new_account_count": counts["new"],
        "reactivated_account_count": counts["reactivation"],
        "churned_account_count": counts["churn"],
        "joined_and_left_account_count": counts["short"],
        "new_and_left_account_count": counts["new and short"],
        "start_mrr": added["start"],
        "end_mrr": added["end"],
        "new_mrr": added["new"],
        "reactivation_mrr": added["reactivation"],
        "expansion_mrr": added["expansion"],
        "contraction_mrr": -added["contraction"],
        "churned_mrr": -added["churn"],
        "fx_mrr": added["fx"],
        **year_of(worth, month),
    }


def year_of(worth: dict[str, list[Worth]], month: dt.date) -> dict[str, Any]:
    """What those are worth now who paid a year before the end of a month."""
    after = next_month(month)
    now, then = (
        (day - FIRST_DAY).days - 1
        for day in (after, after.replace(year=after.year - 1))
    )
    both = [(days[then][0], days[now][0]) for days in worth.values() if then >= 0]
    base = [pair for pair in both if pair[0]]
    told = (
        len(base),
        sum(before for before, _ in base),
        sum(later for _, later in base),
        sum(min(pair) for pair in base),
    )
    names = ("base_account_count", "base_mrr", "base_mrr_now", "base_mrr_kept")
    return dict(zip(names, told if base else [None] * 4, strict=True))


def next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)
