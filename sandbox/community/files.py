"""The community's files, and the answers an analysis of them should find."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np

from sandbox.community import messages, webhooks
from sandbox.community.people import Invitation, Person, simulate_people
from sandbox.csv_text import csv_text

__all__ = ["DEFAULT_DAILY", "community"]

DEFAULT_DAILY: Final = 4.0
_DAYS: Final = 400
_PIECES: Final = (
    ("c1", "Liderar sin mandar", "podcast", "liderazgo", 32),
    ("c2", "Negociar tu sueldo", "podcast", "carrera", 28),
    ("c3", "IA para equipos pequeños", "webinar", "tecnología", 55),
    ("c4", "Feedback en dos minutos", "clip", "liderazgo", 4),
    ("c5", "Cambiar de sector a los 40", "podcast", "carrera", 41),
)
_FLOWS: Final = ("bienvenida", "reactivación", "encuesta")
_OUTAGE_HOURS: Final = 6
_REFUSED: Final = 40
Row = Mapping[str, object]


def community(
    *, seed: int, last_day: date, daily: float = DEFAULT_DAILY
) -> dict[str, str]:
    """Content of every file by its name, and of truth.json; the same for the same seed.

    In ``whatsapp.jsonl`` and ``sendgrid.jsonl`` each line is a body that this sender
    delivers by webhook.

    Parameters
    ----------
    daily : people who come by themselves each day, on average.
    """
    rng = np.random.default_rng(seed)
    first_day = last_day - timedelta(days=_DAYS)
    people = simulate_people(first_day, last_day, daily, rng)
    sent = messages.campaigns(first_day, last_day)
    replies, conversions = messages.message_events(sent, people, rng)
    listened = webhooks.listened_to(sent, last_day)
    told = [row for row in replies if webhooks.is_delivered(row, listened)]
    outage = last_day - timedelta(days=20)
    files: dict[str, list[Row]] = {
        "contacts": [_contact(one) for one in people],
        "community_events": [*_events(people, rng), *conversions],
        "content_items": list(_items(first_day)),
        "content_plays": list(_plays(people, rng)),
        "invitations": [row for one in people for row in _invitations(one, last_day)],
        "referrals": [row for one in people for row in _referrals(one, last_day)],
        "message_campaigns": list(sent),
        "message_events": [
            row for row in replies if not webhooks.is_delivered(row, listened)
        ],
        "sponsorships": list(_sponsorships(last_day)),
        "automation_runs": list(_runs(last_day, outage)),
        "access_log": list(_access(last_day, outage)),
    }
    truth = {"red_profesional": _truth(people, last_day)}
    return {
        **{f"{name}.csv": csv_text(rows) for name, rows in files.items()},
        **{
            f"{sender}.jsonl": "".join(f"{body}\n" for body in bodies)
            for sender, bodies in webhooks.bodies(told, people).items()
        },
        "truth.json": json.dumps(truth, indent=2, ensure_ascii=False) + "\n",
    }


def _truth(people: Sequence[Person], last_day: date) -> dict[str, Any]:
    """What the simulation knows; months are those that are over."""
    month = last_day.replace(day=1)
    if (last_day + timedelta(days=1)).day != 1:
        month = (month - timedelta(days=1)).replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    active = [p for p in people if any(month <= d < after for d in p.active_days)]
    old = [
        one
        for one in people
        if one.active_days
        and (one.active_days[0].replace(day=1) + timedelta(days=32)).replace(day=1)
        + timedelta(days=59)
        <= last_day
    ]
    brought = [i for one in old for i in one.invitations if _is_won(i.invited, i)]
    return {
        "name": "Red Profesional",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "settings": {"plan": "community"},
        "as_of_date": last_day.isoformat(),
        "active_person_count": len(active),
        "k_factor": round(len(brought) / len(old), 6) if old else 0,
        "outage_minutes": 60 * _OUTAGE_HOURS,
        "refused_attempt_count": _REFUSED,
    }


def _is_won(invited: Person | None, invitation: Invitation) -> bool:
    if invited is None or not invited.active_days:
        return False
    days = (invited.active_days[0] - invitation.invited_at.date()).days
    return 0 <= days <= 30


def _contact(person: Person) -> Row:
    return {
        "contact_id": person.contact_id,
        "registered_at": person.registered_at,
        "email": person.email,
        "phone": person.phone,
        "client_id": person.client_id,
        "source": person.source,
        "has_email_consent": "yes",
    }


def _events(people: Sequence[Person], rng: np.random.Generator) -> Iterator[Row]:
    """Visits, of those who stay and of those who do not, and log-ins and webinars."""
    for person in people:
        at = person.registered_at - timedelta(minutes=12)
        yield _event(f"v/{person.contact_id}", "page_view", at, person, is_known=False)
        for _ in range(rng.poisson(1.5)):
            stranger = {"client_id": f"ga.x{rng.integers(1 << 40)}"}
            visit = _event(f"x/{stranger['client_id']}", "page_view", at, person)
            yield {**visit, **stranger, "contact_id": ""}
        for number, day in enumerate(person.active_days):
            kind = "attendance" if number % 4 == 1 else "login"
            hour = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
            yield _event(f"a/{person.contact_id}/{number}", kind, hour, person)


def _event(
    event_id: str, kind: str, at: datetime, person: Person, *, is_known: bool = True
) -> Row:
    return {
        "event_id": event_id,
        "event_type": kind,
        "occurred_at": at,
        "contact_id": person.contact_id if is_known else "",
        "client_id": person.client_id,
        "source": person.source,
    }


def _items(first_day: date) -> Iterator[Row]:
    for content_id, title, kind, topic, minutes in _PIECES:
        yield {
            "content_id": content_id,
            "title": title,
            "content_kind": kind,
            "topic": topic,
            "duration_minutes": minutes,
            "published_at": datetime(*first_day.timetuple()[:3], 8, tzinfo=UTC),
        }


def _plays(people: Sequence[Person], rng: np.random.Generator) -> Iterator[Row]:
    for person in people:
        for number, day in enumerate(person.active_days):
            content_id, _, _, _, length = _PIECES[int(rng.integers(len(_PIECES)))]
            yield {
                "play_id": f"{person.contact_id}/{number}",
                "content_id": content_id,
                "contact_id": person.contact_id,
                "started_at": datetime(day.year, day.month, day.day, 17, tzinfo=UTC),
                "minutes": f"{length * min(1.0, rng.uniform(0.2, 1.2)):.1f}",
            }


def _invitations(person: Person, last_day: date) -> Iterator[Row]:
    for each in person.invitations:
        came = each.invited and each.invited.registered_at.date() <= last_day
        yield {
            "invitation_id": each.invitation_id,
            "inviter_contact_id": person.contact_id,
            "invited_at": each.invited_at,
            "invited_contact_id": each.invited.contact_id
            if each.invited and came
            else "",
        }


def _referrals(person: Person, last_day: date) -> Iterator[Row]:
    for each in person.invitations:
        if each.invited and each.invited.registered_at.date() <= last_day:
            yield {
                "referral_id": f"r/{each.invitation_id}",
                "referrer_contact_id": person.contact_id,
                "referred_contact_id": each.invited.contact_id,
                "referred_at": each.invited.registered_at,
            }


def _sponsorships(last_day: date) -> Iterator[Row]:
    for number, (name, amount, cost) in enumerate(
        (("Banco Ejemplo", 9000, 1200), ("Seguros Ejemplo", 4500, 900))
    ):
        yield {
            "sponsorship_id": f"s{number}",
            "sponsor_name": name,
            "starts_on": last_day - timedelta(days=300),
            "ends_on": last_day + timedelta(days=65 * number),
            "amount": amount,
            "cost": cost,
            "currency_code": "EUR",
        }


def _runs(last_day: date, outage: date) -> Iterator[Row]:
    """Every hour of the last 90 days; one flow is down for some hours of one day."""
    for hours in range(90 * 24):
        at = datetime(*last_day.timetuple()[:3], tzinfo=UTC) - timedelta(hours=hours)
        for flow in _FLOWS:
            is_down = flow == _FLOWS[0] and at.date() == outage
            failed = is_down and 8 <= at.hour < 8 + _OUTAGE_HOURS
            yield {
                "run_id": f"{flow}/{at:%Y%m%d%H}",
                "flow_name": flow,
                "status": "failed" if failed else "succeeded",
                "started_at": at,
                "finished_at": at + timedelta(minutes=2),
                "error": "timeout" if failed else "",
            }


def _access(last_day: date, burst: date) -> Iterator[Row]:
    for days in range(90):
        day = last_day - timedelta(days=days)
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        yield _attempt(f"{day}", at, "granted")
    at = datetime(burst.year, burst.month, burst.day, 3, tzinfo=UTC)
    for number in range(_REFUSED):
        yield _attempt(f"x{number}", at + timedelta(seconds=number), "refused")


def _attempt(attempt_id: str, at: datetime, outcome: str) -> Row:
    return {
        "attempt_id": attempt_id,
        "attempted_at": at,
        "system_name": "metabase",
        "outcome": outcome,
        "account_name": "equipo@red.example" if outcome == "granted" else "admin",
    }
