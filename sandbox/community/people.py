"""Who comes to a simulated community, who brings whom, and when they are active."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

__all__ = ["INVITATIONS", "INVITED_COME", "Invitation", "Person", "simulate_people"]

INVITATIONS: Final = 1.2
"""Invitations that an active person sends in the first 30 days, on average."""
INVITED_COME: Final = 0.12
"""Share of the invited who register and are active within 30 days."""
_SOURCES: Final = {"linkedin": 0.45, "newsletter": 0.25, "google": 0.2, "podcast": 0.1}
_ACTIVATED: Final = 0.7
_LEAVES_A_WEEK: Final = 0.07
_DAYS_BETWEEN: Final = 4.0


@dataclass
class Invitation:
    """One invitation, and who came of it."""

    invitation_id: str
    inviter: Person
    invited_at: datetime
    invited: Person | None = None


@dataclass
class Person:
    """One professional; `active_days` are those of an hour of the afternoon."""

    contact_id: str
    source: str
    registered_at: datetime
    active_days: list[date] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)

    @property
    def client_id(self) -> str:
        """The browser that the person came with."""
        return f"ga.{self.contact_id}"

    @property
    def email(self) -> str:
        """Where letters go."""
        return f"{self.contact_id}@red.example"

    @property
    def phone(self) -> str:
        """Where WhatsApp messages go: a number that nobody else has."""
        return f"+346{int(self.contact_id.strip('p')):08d}"


def simulate_people(
    first_day: date, last_day: date, daily: float, rng: np.random.Generator
) -> list[Person]:
    """Everybody who registered in a period, by the day they did.

    Parameters
    ----------
    daily : people who come by themselves each day, on average.
    """
    people: list[Person] = []
    day = first_day
    while day <= last_day:
        for _ in range(rng.poisson(daily)):
            source = str(rng.choice(list(_SOURCES), p=list(_SOURCES.values())))
            _add(people, source, _hour(day, rng), rng.random() < _ACTIVATED, rng)
        day += timedelta(days=1)
    # Those who are brought bring others: the list grows while it is read.
    for person in people:
        if person.active_days:
            _invite(people, person, last_day, rng)
    for person in people:
        person.active_days = [day for day in person.active_days if day <= last_day]
    came = sorted(people, key=lambda one: one.registered_at)
    return [one for one in came if one.registered_at.date() <= last_day]


def _add(
    people: list[Person],
    source: str,
    registered_at: datetime,
    is_active: bool,
    rng: np.random.Generator,
) -> Person:
    person = Person(f"p{len(people) + 1}", source, registered_at)
    if is_active:
        first = registered_at.date() + timedelta(days=int(rng.exponential(2)) + 1)
        weeks = int(rng.geometric(_LEAVES_A_WEEK))
        gaps = 1 + rng.exponential(_DAYS_BETWEEN, size=2 * weeks)
        offsets = np.concatenate([[0.0], np.cumsum(gaps)])
        stays = offsets[offsets <= 7 * weeks]
        person.active_days = [first + timedelta(days=int(each)) for each in stays]
    people.append(person)
    return person


def _invite(
    people: list[Person], person: Person, last_day: date, rng: np.random.Generator
) -> None:
    for _ in range(rng.poisson(INVITATIONS)):
        day = person.active_days[0] + timedelta(days=int(rng.integers(0, 30)))
        if day > last_day:
            continue
        sent = Invitation(
            f"{person.contact_id}-{len(person.invitations)}", person, _hour(day, rng)
        )
        person.invitations.append(sent)
        if rng.random() < INVITED_COME:
            registered_at = sent.invited_at + timedelta(
                hours=float(rng.uniform(1, 200))
            )
            sent.invited = _add(people, "referral", registered_at, True, rng)


def _hour(day: date, rng: np.random.Generator) -> datetime:
    start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return start + timedelta(minutes=int(rng.integers(0, 300)))
