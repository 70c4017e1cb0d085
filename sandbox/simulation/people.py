"""Customers: names, addresses, and what their records say after each order."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import numpy as np

from sandbox.catalogue import FIRST_NAMES, LAST_NAMES
from sandbox.simulation import ids
from sandbox.simulation.companies import Company
from sandbox.simulation.records import Customer, CustomerState
from sandbox.simulation.schedule import KINDS, Schedule
from sandbox.simulation.timeline import Timeline

__all__ = ["customer_of", "customers", "email_of", "visible_states"]

_BEFORE_ORDER: Final = timedelta(seconds=90)
_MARKETING: Final = ("SUBSCRIBED", "NOT_SUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED")
_BY_PHONE: Final = ("SUBSCRIBED", "NOT_SUBSCRIBED", "NOT_SUBSCRIBED", "NOT_SUBSCRIBED")
_PURCHASE: Final = KINDS.index("purchase")


def customer_of(
    company: Company,
    index: int,
    created_at: datetime,
    states: tuple[CustomerState, ...] = (),
) -> Customer:
    """The customer with this index; an order needs none of its states."""
    first, last = _name(index)
    return Customer(
        id=ids.CUSTOMER + index,
        created_at=created_at,
        email=email_of(index),
        first_name=first,
        last_name=last,
        phone=f"+34600{index % 1_000_000:06d}" if index % 3 == 0 else None,
        state="ENABLED" if index % 4 else "DISABLED",
        email_marketing=_MARKETING[index % len(_MARKETING)],
        phone_marketing=_BY_PHONE[index % len(_BY_PHONE)],
        country_code=company.country_code,
        tags=("vip",) if index % 50 == 0 else (),
        currency=company.currency,
        exponent=company.exponent,
        states=states,
    )


def email_of(index: int) -> str:
    """An address at example.com, which nobody can receive mail at."""
    first, last = _name(index)
    return f"{_PLAIN[first]}.{_PLAIN[last]}.{index}@example.com"


def customers(timeline: Timeline, schedule: Schedule) -> Iterator[Customer]:
    """Every customer with what can be seen of its history, in the order of ids."""
    since = timeline.remembered_from
    mine = np.flatnonzero(schedule.customer >= 0)
    mine = mine[np.argsort(schedule.customer[mine], kind="stable")]
    owner = schedule.customer[mine]
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    for start, end in zip(starts, [*starts[1:], owner.size], strict=True):
        rows = mine[start:end]
        states = _states(
            schedule.created[rows].tolist(),
            schedule.ordinal[rows].tolist(),
            schedule.kind[rows].tolist(),
            schedule.net_minor[rows].tolist(),
        )
        yield customer_of(
            timeline.company,
            int(owner[start]),
            states[0].at,
            visible_states(states, since),
        )


def _states(
    created: Sequence[int],
    ordinals: Sequence[int],
    kinds: Sequence[int],
    net_minor: Sequence[int],
) -> list[CustomerState]:
    """One for the sign-up before the first order, then one per order."""
    signed_up = datetime.fromtimestamp(created[0], UTC) - _BEFORE_ORDER
    states = [CustomerState(signed_up, 0, 0)]
    spent = 0
    for second, ordinal, kind, net in zip(
        created, ordinals, kinds, net_minor, strict=True
    ):
        spent += net if kind == _PURCHASE else 0
        if ordinal:
            moment = datetime.fromtimestamp(second, UTC)
            states.append(CustomerState(moment, ordinal, spent))
    return states


def visible_states(
    states: list[CustomerState], since: datetime
) -> tuple[CustomerState, ...]:
    """Those that were not superseded before `since`."""
    kept = [state for state, later in pairwise(states) if later.at > since]
    return (*kept, states[-1])


def _name(index: int) -> tuple[str, str]:
    return (
        FIRST_NAMES[index % len(FIRST_NAMES)],
        LAST_NAMES[index // len(FIRST_NAMES) % len(LAST_NAMES)],
    )


def _ascii(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return decomposed.encode("ascii", "ignore").decode()


_PLAIN: Final = {name: _ascii(name) for name in (*FIRST_NAMES, *LAST_NAMES)}
