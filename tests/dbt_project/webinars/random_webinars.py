"""Webinars as files tell them, one after the other: late, corrected and withdrawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.dbt_project.raw_files import RawFile, Row, purchase
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinar_rows import registrant, visit, webinar

__all__ = ["WebinarLife"]

_FIRST = datetime(2026, 3, 1, 17, tzinfo=UTC)
_NAMES = ("ana", "ben", "eva", "leo")


def _contact(name: str, **others: object) -> Row:
    known = {"contact_id": f"id {name}", "email": f"{name}@example.test"}
    return {**known, "registered_at": _day(0), **others}


def _day(number: int, minutes: int = 0) -> str:
    return (_FIRST + timedelta(days=number, minutes=minutes)).isoformat()


@dataclass
class WebinarLife:
    """The same webinars of several companies, step by step."""

    warehouse: Warehouse
    companies: Sequence[str]
    chance: random.Random
    as_of: str = "2026-03-06"
    _held: int = 0
    _number: int = 0
    _files: dict[str, RawFile] = field(default_factory=dict)

    def open(self) -> None:
        """Three webinars, and whose addresses are known; Leo's is not."""
        self._load("contacts", *(_contact(name) for name in _NAMES[:3]))
        for _ in range(3):
            self._hold()

    def step(self) -> None:
        """Another webinar, and three more things that happen."""
        self._hold()
        happenings: tuple[Callable[[], None], ...] = (
            self._correct,
            self._withdraw,
            self._write,
            self._opine,
            self._buy,
            self._mail,
            self._merge,
            self._move_as_of,
        )
        for happen in self.chance.sample(happenings, 3):
            happen()

    def _hold(self) -> None:
        """A webinar, who registered for it or for one of before, and who came."""
        self._held += 1
        held = webinar(f"w{self._held}", _day(self._held), poll_count=1)
        self._load("webinars", {**held, "ends_at": _day(self._held, 60)})
        where = self._any()
        came = [
            visit(where, _day(int(where[1:]), 5), None, registrant_id=f"id {name}")
            for name in self._some()
        ]
        self._load("registrants", *(self._registrant(name) for name in self._some()))
        self._load("attendances", *came)

    def _registrant(self, name: str) -> Row:
        at = _day(self._held - self.chance.randrange(3))
        return registrant(self._any(), name, at, industry=self.chance.choice("xy"))

    def _write(self) -> None:
        """Somebody writes in a webinar and somebody answers a poll."""
        where = self._any()
        rows: list[Row] = [
            {
                **{"webinar_id": where, "interaction_id": f"i{self._number}{kind}"},
                **{"kind": kind, "registrant_id": f"id {name}", "poll_id": "p"},
                "occurred_at": _day(int(where[1:]), self.chance.randrange(60)),
            }
            for name, kind in zip(self._some(), ("chat", "poll"), strict=False)
        ]
        self._load("webinar_interactions", *rows)

    def _opine(self) -> None:
        """Somebody says how it was, and is shown an offer."""
        where, name = self._any(), self.chance.choice(_NAMES)
        key = {"webinar_id": where, "registrant_id": f"id {name}"}
        at = _day(int(where[1:]), 30)
        self._load("webinar_ratings", {**key, "rating": 8, "rated_at": at})
        shown = {"offer_id": "o", "shown_at": at, "clicked_at": at}
        self._load("offers", {**key, **shown})

    def _buy(self) -> None:
        name = f"{self.chance.choice(_NAMES)}@example.test"
        self._load("purchases", purchase(name, _day(self._held + 1), 10))

    def _mail(self) -> None:
        """Somebody opens a message or clicks in it, and looks at the site."""
        name, self._number = self.chance.choice(_NAMES), self._number + 1
        at = _day(self._held - self.chance.randrange(3))
        event = self.chance.choice(("opened", "clicked"))
        sent = {"message_id": f"m{self._number}", "message_event": event}
        sent |= {"channel": "email", "contact_id": f"id {name}", "occurred_at": at}
        self._load("message_events", sent)
        seen = {"event_id": f"e{self._number}", "event_type": "visit"}
        seen |= {"contact_id": f"id {name}", "occurred_at": at}
        self._load("community_events", seen)

    def _merge(self) -> None:
        """Two contacts turn out to be one person."""
        first, second = self.chance.sample(_NAMES[:3], 2)
        self._load("contacts", _contact(first, merged_into=f"id {second}"))

    def _correct(self) -> None:
        """A file again, without its last row."""
        files = [file for file in self._files.values() if len(file.rows) > 1]
        file = self.chance.choice(files)
        version = file.version + 1
        self._show(RawFile(file.name, file.rows[:-1], version, file.contract))

    def _withdraw(self) -> None:
        name = self.chance.choice(sorted(self._files))
        del self._files[name]
        for company in self.companies:
            self.warehouse.remove(company, name)

    def _move_as_of(self) -> None:
        self.as_of = self.chance.choice(("2026-03-03", "2026-03-06", "2026-04-20"))

    def _any(self) -> str:
        return f"w{self.chance.randint(max(1, self._held - 3), self._held)}"

    def _some(self) -> list[str]:
        return self.chance.sample(_NAMES, 2)

    def _load(self, contract: str, *rows: Row) -> None:
        self._number += 1
        name = f"{contract}{self._number}.csv"
        self._show(RawFile(name, list(rows), 1, contract))

    def _show(self, file: RawFile) -> None:
        self._files[file.name] = file
        for company in self.companies:
            self.warehouse.load(company, file)
