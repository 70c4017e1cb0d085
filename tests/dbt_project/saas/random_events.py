"""A product's events as they come to light: late, twice, corrected and withdrawn.

Few people, sessions that cross the end of a month, files that come and go, webhooks,
accounts that are merged, plans that change and an as-of date that also goes back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

__all__ = ["DELIVER", "EventLife"]

_FIRST = datetime(2026, 1, 28, 12, tzinfo=UTC)
# More than the four weeks before which nothing is told of weeks.
_MINUTES = 34 * 24 * 60
# So rare that one of them alone decides whether a feature is adopted.
_RARE_EVERY = 10
# The end of January, an hour after that in Madrid.
_MIDNIGHT = 84 * 60

DELIVER = """
    insert into raw_webhooks.events (company_id, connection_id, event_key, sender,
        event_type, event_id, received_at, delivery_id, payload)
    select %s, 'one', %s, 'segment', 'track', %s, %s::timestamptz, 1,
        jsonb_build_object(
            'event', 'Used', 'userId', %s::text,
            'context', jsonb_build_object('groupId', %s::text)
        )
"""


@dataclass
class EventLife:
    """The same events of several companies, step by step."""

    warehouse: Warehouse
    companies: Sequence[str]
    chance: random.Random
    as_of: str = "2026-02-27"
    _number: int = 0
    _files: dict[str, tuple[list[Row], int]] = field(default_factory=dict)

    def open(self) -> None:
        """What was there at first."""
        self._list_features(1)
        self._sell_plans("pro", None)
        self._merge()
        for _ in range(3):
            self._land()

    def step(self) -> None:
        """A new file, and two more things that happen."""
        self._land()
        happenings: tuple[Callable[[], None], ...] = (
            self._correct,
            self._withdraw,
            self._deliver,
            self._merge,
            self._move_as_of,
            lambda: self._sell_plans(self.chance.choice(("pro", "max")), "2026-02-05"),
        )
        for happen in self.chance.sample(happenings, 2):
            happen()

    def list_other_features(self) -> None:
        """Another event means the feature, and other plans have it."""
        self._list_features(2)

    def settle(self) -> None:
        """Plans that have the features, on a day when all of it has happened."""
        self.as_of = "2026-03-02"
        self._sell_plans("max", None)

    def rename(self) -> None:
        """Files again, of another event: who was there and when stays as it was."""
        other = {"Used": "Exported", "Opened": "Exported", "Exported": "Opened"}
        for name, (rows, version) in list(self._files.items()):
            renamed: list[Row] = [
                {**row, "event": other.get(str(row["event"]), "Signed In")}
                for row in rows
            ]
            self._load(name, renamed, version + 1)

    def _event(self) -> Row:
        self._number += 1
        chance = self.chance
        # Around the end of the month close together: many follow within half an hour.
        offset = chance.randrange(_MINUTES)
        if chance.random() < 0.5:
            offset = chance.randrange(_MIDNIGHT - 90, _MIDNIGHT + 90)
        at = _FIRST + timedelta(minutes=offset)
        received = at - timedelta(days=2) if chance.random() < 0.05 else at
        return {
            "message_id": f"m{chance.choice((self._number, self._number // 2))}",
            "event": self._name_of(chance.choice(("Used", "Opened", "Signed In"))),
            "user_id": chance.choice(("ana", "ben", "eva", None)),
            "account_id": chance.choice(("a", "b", "old", None, None)),
            "feature": chance.choice(("x", None)),
            "session_id": chance.choice(("s1", None, None, None)),
            "duration_seconds": chance.choice((30, None, None)),
            "is_internal": chance.random() < 0.05,
            "occurred_at": at.isoformat(),
            "received_at": received.isoformat(),
        }

    def _name_of(self, event: str) -> str:
        return event if self._number % _RARE_EVERY else "Exported"

    def _land(self) -> None:
        rows = [self._event() for _ in range(8)]
        self._load(f"e{self._number}.csv", rows, 1)

    def _load(self, name: str, rows: list[Row], version: int) -> None:
        self._files[name] = (rows, version)
        self._load_all(RawFile(name, rows, version, contract="product_events"))

    def _load_all(self, file: RawFile) -> None:
        for company in self.companies:
            self.warehouse.load(company, file)

    def _correct(self) -> None:
        """A file again, without one row, another of somebody else and later."""
        name = self.chance.choice(sorted(self._files))
        rows, version = self._files[name]
        other = {**rows[0], "user_id": "eva", "account_id": "b"}
        self._load(name, [other, *rows[2:]], version + 1)

    def _withdraw(self) -> None:
        name = self.chance.choice(sorted(self._files))
        if len(self._files) > 1:
            del self._files[name]
            for company in self.companies:
                self.warehouse.remove(company, name)

    def _deliver(self) -> None:
        """By webhook: something new, or what a file told as well."""
        event = self._event()
        key, at = event["message_id"], event["occurred_at"]
        who, account = event["user_id"], event["account_id"]
        for company in self.companies:
            values = (company, f"k{self._number}", key, at, who, account)
            self.warehouse.execute(DELIVER, values)

    def _merge(self) -> None:
        into = self.chance.choice(("a", "b"))
        merged = {"account_id": "old", "merged_into_account_id": into}
        self._number += 1
        names = ({"account_id": name} for name in ("a", "b"))
        rows: list[Row] = [merged, *names]
        self._load_all(RawFile("accounts.csv", rows, self._number, "accounts"))

    def _move_as_of(self) -> None:
        february = [f"2026-02-{day:02}" for day in (1, 4, 10, 25, 26)]
        self.as_of = self.chance.choice([*february, "2026-03-02"])

    def _sell_plans(self, plan: str, ended: str | None) -> None:
        self._number += 1
        rows: list[Row] = [
            {
                **{"subscription_id": account, "account_id": account, "plan": plan},
                **{"billing_interval": "month", "amount": 9, "quantity": 1},
                **{"status": "cancelled" if ended else "active", "ended_at": ended},
                "started_at": "2025-12-01",
            }
            for account in ("a", "b")
        ]
        self._load_all(RawFile("plans.csv", rows, self._number, "subscriptions"))

    def _list_features(self, version: int) -> None:
        told = ("Used", "pro") if version == 1 else ("Opened", "max")
        rows: list[Row] = [
            {"feature": feature, "event_name": event, "plans": told[1]}
            for feature, event in (("x", told[0]), ("y", "Exported"))
        ]
        self._load_all(RawFile("features.csv", rows, version, "features"))
