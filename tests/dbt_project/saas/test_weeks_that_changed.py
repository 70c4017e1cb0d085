"""Weeks of accounts rebuilt for what changed are what a build of all gives.

One life of two companies with the same rows, of which one forgets each time what was
built. What happens is named, and each must move what it says it does: else it would
show nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from tests.dbt_project.narrow_builds import NarrowBuilds
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

WEEKS = (
    *("account_weeks", "account_use_weeks", "account_seen_weeks"),
    *("account_adoption_weeks", "account_service_weeks", "account_health_inputs"),
    "account_segments",
)
# Built whole every time, of what the others follow or of few rows.
WHOLE = ("account_payment_weeks", "account_plan_months", "account_first_uses")
ABOVE = ("+account_segments,marts", "+account_first_uses,marts")
STANDING = {"account_weeks", "account_health_inputs", "account_segments"}
INPUTS = {"account_health_inputs"}
SEEN = {"account_seen_weeks", *INPUTS}
SERVICE = {"account_service_weeks", *INPUTS}


@dataclass
class _Life:
    warehouse: Warehouse
    companies: tuple[str, str]
    as_of: str = "2026-03-18"
    _versions: dict[str, int] = field(default_factory=dict)

    def wait_until(self, day: str) -> None:
        self.as_of = day

    def tell(self, contract: str, rows: Iterable[Row], name: str = "") -> None:
        name = name or contract
        self._versions[name] = version = self._versions.get(name, 0) + 1
        file = RawFile(f"{name}.csv", list(rows), version, contract)
        for company in self.companies:
            self.warehouse.load(company, file)

    def withdraw(self, name: str) -> None:
        for company in self.companies:
            self.warehouse.remove(company, f"{name}.csv")

    def begin(self) -> None:
        self.tell("subscriptions", subscriptions())
        self.tell("accounts", accounts())
        self.tell("features", features("pro"))
        self.tell("product_events", events("uno", 3, "2026-01-05", "2026-03-16"))
        # Nobody of it came for weeks.
        few = ("2026-01-06", "2026-01-20", "2026-03-03")
        self.tell("product_events", events("dos", 1, *few), "few")
        self.tell("product_events", events("tres", 1, "2026-02-02"), "only")
        self.tell("tickets", [ticket("1", "uno", "2026-03-06"), ticket("2", "old")])
        self.tell("survey_responses", [answer("1", 4), answer("2", 2)])
        self.tell("cs_activities", [activity("2026-02-20")])
        self.tell("invoices", [invoice(None)])

    def move_to(self, zone: str) -> None:
        for company in self.companies:
            self.warehouse.execute(
                "update ops.companies set time_zone = %s where company_id = %s",
                [zone, company],
            )


def subscriptions(**others: Row) -> list[Row]:
    return [
        {
            **{"subscription_id": name, "account_id": name, "plan": "Pro"},
            **{"billing_interval": "month", "amount": 90, "quantity": 2},
            # The first of the month in Madrid, the day before in Santiago.
            **{"status": "active", "started_at": f"{started} 01:00+00"},
            **others.get(name, {}),
        }
        for name, started in (
            ("uno", "2025-06-01"),
            ("dos", "2025-06-01"),
            # Since its start, what it does is known.
            ("tres", "2026-01-20"),
        )
    ]


def accounts(without: str = "") -> list[Row]:
    named = ("uno", "dos", "tres")
    merged = {"account_id": "old", "merged_into_account_id": "tres"}
    return [merged, *({"account_id": name} for name in named if name != without)]


def features(plan: str) -> list[Row]:
    told = (("x", plan), ("y", "max; pro"), ("z", "max"))
    return [
        {"feature": name, "feature_tier": "advanced", "plans": plans}
        for name, plans in told
    ]


def events(account: str, every: int, *days: str) -> list[Row]:
    """A login and a use of a feature on each day, and each so many between two."""
    first, last = days[0], days[-1]
    if every == 1:
        dates: Iterable[str] = days
    else:
        dates = (str(day) for day in days_between(first, last, every))
    return [
        {
            **{"message_id": f"{account}-{day}-{event}", "user_id": f"u-{account}"},
            **{"account_id": account, "event": event, "feature": feature},
            # The day before in Santiago.
            "occurred_at": f"{day} 02:{minute}:00+00",
        }
        for day in dates
        for event, feature, minute in (("Signed In", None, 10), ("Used", "x", 19))
    ]


def days_between(first: str, last: str, every: int) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(n) for n in range(0, (end - begin).days + 1, every)]


def ticket(number: str, account: str, day: str = "2026-03-01") -> Row:
    return {
        **{"ticket_id": number, "account_id": account, "status": "open"},
        "created_at": f"{day} 09:00+00",
    }


def answer(number: str, score: int) -> Row:
    return {
        **{"response_id": number, "survey_kind": "csat", "touchpoint": "support"},
        **{"account_id": "uno", "score": score, "scale_min": 1, "scale_max": 5},
        "answered_at": f"2026-03-0{number} 09:00+00",
    }


def activity(day: str) -> Row:
    return {
        **{"activity_id": "1", "account_id": "uno", "activity_kind": "training"},
        "occurred_at": f"{day} 12:00+00",
    }


def invoice(paid_at: str | None) -> Row:
    return {
        **{"invoice_id": "1", "account_id": "uno", "amount_due": 90},
        **{"status": "paid" if paid_at else "open", "paid_at": paid_at},
        "issued_at": "2026-03-01",
    }


def pay_an_invoice(life: _Life) -> None:
    life.tell("invoices", [invoice("2026-03-20 09:00+00")])


def fail_to_pay(life: _Life) -> None:
    attempt = {
        **{"payment_id": "1", "invoice_id": "2", "account_id": "dos"},
        **{"status": "failed", "amount": 90},
        "attempted_at": "2026-03-10 09:00+00",
    }
    owed = {**invoice(None), "invoice_id": "2", "account_id": "dos"}
    life.tell("invoices", [invoice("2026-03-20 09:00+00"), owed])
    life.tell("payments", [attempt])


def escalate(life: _Life) -> None:
    told = {**ticket("3", "dos", "2026-02-03"), "escalated_at": "2026-02-05 09:00+00"}
    others = [ticket("2", "old"), ticket("1", "uno", "2026-03-06")]
    life.tell("tickets", [told, *others])


def release_later(life: _Life) -> None:
    released = [{**row, "released_at": "2026-03-10"} for row in features("max")]
    life.tell("features", released)


def sell_more_seats(life: _Life) -> None:
    then = {"effective_from": "2026-03-05", "quantity": 9, "plan": "Max"}
    now = {**subscriptions()[1], "effective_from": "2026-03-25"}
    life.tell("subscriptions", [*subscriptions(dos=then), now])


def bill_by_the_year(life: _Life) -> None:
    yearly = {"billing_interval": "year", "amount": 840}
    life.tell("subscriptions", subscriptions(dos=yearly))


def find_a_ticket(life: _Life) -> None:
    late = [ticket("3", "dos", "2026-02-03"), ticket("2", "old")]
    life.tell("tickets", [*late, ticket("1", "uno", "2026-03-06")])


def merge(life: _Life) -> None:
    merged = {"account_id": "dos", "merged_into_account_id": "uno"}
    life.tell("accounts", [merged, *accounts(without="dos")])


def agree_on_a_limit(life: _Life) -> None:
    own = {"metric_name": "segment_new_days", "target_value": 900}
    life.tell("kpi_targets", [{**own, "target_month": "2026-01-01"}])


#: What happens, how, and the marts it moves at least.
HAPPENINGS: Mapping[str, tuple[Callable[[_Life], None], set[str]]] = {
    "a day passes without an event": (
        lambda life: life.wait_until("2026-03-19"),
        STANDING,
    ),
    "a month passes without an event": (
        lambda life: life.wait_until("2026-04-16"),
        {*STANDING, *SERVICE},
    ),
    "an event comes a month late": (
        lambda life: life.tell(
            "product_events", events("dos", 1, "2026-02-11"), "late"
        ),
        {*SEEN, "account_use_weeks"},
    ),
    "the only events of an account are withdrawn": (
        lambda life: life.withdraw("only"),
        {*SEEN, "account_first_uses"},
    ),
    "a plan of last month had more seats": (
        sell_more_seats,
        {*STANDING, "account_adoption_weeks"},
    ),
    "a price was another since the beginning": (
        lambda life: life.tell("subscriptions", subscriptions(dos={"amount": 70})),
        STANDING,
    ),
    "an account pays by the year": (bill_by_the_year, {"account_weeks", *INPUTS}),
    "a ticket of two months ago comes to light": (find_a_ticket, SERVICE),
    "an answer is taken back": (
        lambda life: life.tell("survey_responses", [answer("1", 4)]),
        SERVICE,
    ),
    "an invoice is paid": (pay_an_invoice, {"account_payment_weeks", *INPUTS}),
    "a payment fails": (fail_to_pay, {"account_payment_weeks", *INPUTS}),
    "a ticket was escalated": (escalate, SERVICE),
    "it was not": (find_a_ticket, SERVICE),
    "events of before the first come to light": (
        lambda life: life.tell(
            "product_events", events("uno", 7, "2025-10-06", "2025-11-24"), "old"
        ),
        {*SEEN, "account_use_weeks"},
    ),
    "they are withdrawn": (
        lambda life: life.withdraw("old"),
        {*SEEN, "account_use_weeks"},
    ),
    "an account is merged into another": (merge, {*SEEN, *STANDING, *SERVICE}),
    "it is not, after all": (
        lambda life: life.tell("accounts", accounts()),
        {*SEEN, *STANDING, *SERVICE},
    ),
    "a subscription is told no more": (
        lambda life: life.tell("subscriptions", subscriptions()[:-1]),
        {*SEEN, *STANDING},
    ),
    "other plans have a feature": (
        lambda life: life.tell("features", features("max")),
        {"account_adoption_weeks", *INPUTS},
    ),
    "they have it since this month": (
        release_later,
        {"account_adoption_weeks", *INPUTS},
    ),
    "a limit is agreed upon": (agree_on_a_limit, {"account_segments"}),
    "the company counts its days elsewhere": (
        lambda life: life.move_to("America/Santiago"),
        {"account_weeks", *SEEN},
    ),
    "the first Sunday of a month is today": (
        lambda life: life.wait_until("2026-05-03"),
        {*STANDING, *SEEN},
    ),
    "it is not today any more": (
        lambda life: life.wait_until("2026-05-04"),
        {"account_segments"},
    ),
    "today is an earlier day": (
        lambda life: life.wait_until("2026-02-10"),
        {*STANDING, *SEEN},
    ),
}


@dataclass(frozen=True)
class _Outcome:
    #: Marts that are not what a build of all gives; that moved; built for some keys.
    differing: list[str]
    moved: set[str]
    narrow: set[str]


@pytest.fixture(scope="module")
def lived(warehouse: Warehouse) -> dict[str, _Outcome]:
    pair = warehouse.add_pair()
    life = _Life(warehouse, (pair.acme, pair.bolt))
    life.move_to("Europe/Madrid")
    builds = NarrowBuilds(warehouse, pair.acme, pair.bolt, WEEKS, ABOVE)
    life.begin()
    builds.build(life.as_of)

    def rows() -> dict[str, list[dict[str, Any]]]:
        return {mart: builds.rows_of(mart, pair.bolt) for mart in (*WEEKS, *WHOLE)}

    told: dict[str, _Outcome] = {}
    before = rows()
    for name, (happen, _) in HAPPENINGS.items():
        happen(life)
        builds.build(life.as_of)
        after = rows()
        moved = {mart for mart in after if after[mart] != before[mart]}
        narrow = builds.built(pair.acme)
        told[name] = _Outcome(builds.differing(*WHOLE), moved, narrow)
        before = after
    return told


@pytest.mark.parametrize("name", HAPPENINGS)
def test_weeks_are_what_a_build_of_all_gives_after(
    lived: dict[str, _Outcome], name: str
) -> None:
    assert lived[name].differing == []
    assert lived[name].moved >= HAPPENINGS[name][1]


def test_weeks_are_made_anew_for_what_changed(lived: dict[str, _Outcome]) -> None:
    """Whole only where a setting, a list of features or the first event is another."""
    whole = {
        name: set(WEEKS) - outcome.narrow
        for name, outcome in lived.items()
        if outcome.narrow != set(WEEKS)
    }

    assert whole == {
        "other plans have a feature": {"account_adoption_weeks", "account_segments"},
        "they have it since this month": {
            *("account_adoption_weeks", "account_segments"),
        },
        "events of before the first come to light": {"account_use_weeks"},
        "they are withdrawn": {"account_use_weeks"},
        "a limit is agreed upon": {"account_segments"},
        "the company counts its days elsewhere": {
            *("account_weeks", "account_adoption_weeks", "account_use_weeks"),
        },
    }
