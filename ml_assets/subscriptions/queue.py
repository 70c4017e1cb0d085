"""Who is in the queue of accounts to bring back, and who leaves it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ml_assets.subscriptions.reengagement import STEPS, is_only_watched, next_step

__all__ = [
    "CLOSING_OUTCOMES",
    "Activity",
    "Entry",
    "Reading",
    "advance",
    "owner_of",
]

CLOSING_OUTCOMES: Final = ("recovered", "leaving", "not_needed")
"""What a manager may say of an account that ends its entry."""

_OUTREACH: Final = frozenset({"outreach", "call"})
_OPEN_DAYS: Final = 30
_LOT_DAYS: Final = 90
_REST_DAYS: Final = 30
_FAILED_REST_DAYS: Final = 7
_IMMEDIATE: Final = "immediate"


@dataclass(frozen=True)
class Reading:
    """What an account raises today, and whether it raised nothing a week before.

    ``trigger`` is one of `signals.TRIGGERS`; ``signals`` are raised, by name;
    ``is_known`` says whether any could be.
    """

    trigger: str
    signals: tuple[str, ...]
    is_known: bool
    was_calm: bool

    @property
    def is_calm(self) -> bool:
        """Something is known, and nothing is raised."""
        return self.is_known and not self.signals and self.trigger == "none"


@dataclass(frozen=True)
class Activity:
    """What customer success did with an account on a day."""

    day: dt.date
    kind: str
    step: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Entry:
    """An account in the queue, from ``opened_on`` until ``closed_on``.

    ``lot_drawn_on`` is the day of the lot that says whether it ``is_watched`` only: an
    account that comes back within 90 days keeps its lot.
    """

    account_id: str
    opened_on: dt.date
    lot_drawn_on: dt.date
    is_watched: bool
    opened_trigger: str
    opened_signals: tuple[str, ...]
    closed_on: dt.date | None = None
    closed_because: str | None = None
    step_count: int = 0
    next_step: str | None = None
    due_on: dt.date | None = None
    is_late: bool = False
    last_contact_on: dt.date | None = None
    last_outcome: str | None = None


def advance(
    entries: Sequence[Entry],
    readings: Mapping[str, Reading],
    activities: Mapping[str, Sequence[Activity]],
    *,
    company_id: str,
    today: dt.date,
) -> list[Entry]:
    """The queue on a day: entries that end are closed, accounts that warn come in.

    An entry ends where the account is no customer any more, where its manager said what
    came of it, where nothing was raised today and a week before, and after 30 days. Who
    left the queue comes back after 30 days, or 7 where a payment failed.

    Parameters
    ----------
    entries
        The queue as it was left; entries opened after ``today`` stay as they are.
    readings
        By account, of all that pay today.
    activities
        By account, in the order of their days.

    Returns
    -------
    list of Entry
        Old ones first. The same day asked again changes nothing.
    """
    found = [
        entry
        if entry.closed_on is not None or entry.opened_on > today
        else _looked_at(entry, readings, activities.get(entry.account_id, ()), today)
        for entry in entries
    ]
    last = {
        entry.account_id: entry
        for entry in sorted(found, key=lambda entry: entry.opened_on)
    }
    for account, reading in sorted(readings.items()):
        before = last.get(account)
        if (reading.signals or reading.trigger != "none") and _may_open(
            before, reading, today
        ):
            entry = _opened(account, reading, before, company_id, today)
            found.append(
                _looked_at(entry, readings, activities.get(account, ()), today)
            )
    return found


def owner_of(
    company_id: str, account_id: str, manager: str | None, managers: Sequence[str]
) -> str | None:
    """The one who acts: the account's manager, else one drawn of those there are."""
    if manager or not managers:
        return manager or None
    told = f"{company_id}\x1f{account_id}".encode()
    drawn = int.from_bytes(hashlib.sha256(told).digest()[:8], "big")
    return sorted(set(managers))[drawn % len(set(managers))]


def _may_open(before: Entry | None, reading: Reading, today: dt.date) -> bool:
    if before is None:
        return True
    if before.closed_on is None or before.opened_on >= today:
        return False
    rest = _FAILED_REST_DAYS if reading.trigger == _IMMEDIATE else _REST_DAYS
    return (today - before.closed_on).days >= rest


def _opened(
    account: str,
    reading: Reading,
    before: Entry | None,
    company_id: str,
    today: dt.date,
) -> Entry:
    drawn_on = today
    if before and (today - before.lot_drawn_on).days < _LOT_DAYS:
        drawn_on = before.lot_drawn_on
    return Entry(
        account_id=account,
        opened_on=today,
        lot_drawn_on=drawn_on,
        is_watched=is_only_watched(company_id, account, drawn_on),
        opened_trigger=reading.trigger,
        opened_signals=reading.signals,
    )


def _looked_at(
    entry: Entry,
    readings: Mapping[str, Reading],
    activities: Sequence[Activity],
    today: dt.date,
) -> Entry:
    since = [one for one in activities if entry.opened_on <= one.day <= today]
    ends = [one for one in since if one.outcome in CLOSING_OUTCOMES]
    if ends:
        since = [one for one in since if one.day <= ends[0].day]
    told = replace(
        entry,
        last_contact_on=since[-1].day if since else None,
        last_outcome=next((one.outcome for one in since[::-1] if one.outcome), None),
    )
    stepped = _with_step(told, _done(since), today)
    if ends:
        return _closed(stepped, ends[0].day, str(ends[0].outcome))
    reading = readings.get(entry.account_id)
    if reading is None:
        return _closed(stepped, today, "left")
    if entry.opened_on < today and reading.is_calm and reading.was_calm:
        return _closed(stepped, today, "calm")
    if (today - entry.opened_on).days >= _OPEN_DAYS:
        return _closed(stepped, today, "ended")
    return stepped


def _done(activities: Sequence[Activity]) -> list[str]:
    """Steps done; an outreach or a call that names none is the next one, once a day."""
    done: list[str] = []
    counted: set[dt.date] = set()
    for one in activities:
        step = one.step
        if step is None and one.kind in _OUTREACH and one.day not in counted:
            step = next((name for name in STEPS if name not in done), None)
        if step is not None and step not in done:
            done.append(step)
            counted.add(one.day)
    return done


def _with_step(entry: Entry, done: Sequence[str], today: dt.date) -> Entry:
    due = None if entry.is_watched else next_step(entry.opened_on, done, today)
    if due is None:
        return replace(entry, step_count=len(done), next_step=None, due_on=None)
    # A payment that failed does not wait until tomorrow.
    is_now = entry.opened_trigger == _IMMEDIATE and not done
    due_on = entry.opened_on if is_now else due.due_on
    return replace(
        entry,
        step_count=len(done),
        next_step=due.step,
        due_on=due_on,
        is_late=today > due_on,
    )


def _closed(entry: Entry, day: dt.date, because: str) -> Entry:
    return replace(
        entry,
        closed_on=day,
        closed_because=because,
        next_step=None,
        due_on=None,
        is_late=False,
    )
