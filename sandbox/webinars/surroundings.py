"""What surrounds simulated webinars: opinions, an offer, posts, and the website."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from sandbox.webinars.people import BAD_SECTION, MINUTES, SECTIONS, Part, Webinar

__all__ = [
    "OUTAGE_MINUTES",
    "OUTAGE_STEP",
    "SITE",
    "Row",
    "checks",
    "experiments",
    "offers",
]
__all__ += ["looks", "posts", "ratings"]

Row = Mapping[str, object]

SITE: Final = "academia.example/registro"
OUTAGE_STEP: Final = 5
#: How long the site is down, a week before the last day; the monitor slept before.
OUTAGE_MINUTES: Final = 90
_OFFER: Final = ("curso-ia", "Curso completo de IA")
_OFFER_MINUTE: Final = 48
_WATCHED_DAYS: Final = 30
_ASLEEP: Final = range(3, 6)
"""Hours of the day of the outage in which nobody asked."""
_NETWORKS: Final = {"LinkedIn": 900, "Facebook": 500}


def ratings(part: Part, rng: np.random.Generator) -> Iterator[Row]:
    """What who rated the whole rated of its sections: of the bad one, three less."""
    if part.rating is None:
        return
    for title, _ in SECTIONS:
        loss = 3 if title == BAD_SECTION else 0
        rating = int(np.clip(part.rating - loss + rng.integers(-1, 2), 0, 10))
        yield {
            "webinar_id": part.webinar.webinar_id,
            "email": part.email,
            "section_title": title,
            "rating": rating,
            "rated_at": part.webinar.ends_at + timedelta(minutes=5),
        }


def looks(part: Part) -> Iterator[Row]:
    """A slide of each section they saw, the shared screen, and a test of who stayed.

    The screen is shared for the half of their time; the test is worth more to who asks.
    """
    if part.came_after is None:
        return
    ends = [start for _, start in SECTIONS[1:]] + [MINUTES]
    seen = [
        (f"d{number}", 60 * (min(end, part.left_after) - max(start, part.came_after)))
        for number, ((_, start), end) in enumerate(zip(SECTIONS, ends, strict=True))
    ]
    did: list[tuple[str, str, object, object]]
    did = [("slide", slide, seconds, "") for slide, seconds in seen if seconds > 0]
    did.append(("screen", "", 30 * (part.left_after - part.came_after), ""))
    if part.left_after == MINUTES:
        did.append(("quiz", "", "", min(10, 6 + part.chats + 2 * part.has_asked)))
    name = f"{part.webinar.webinar_id}/{part.face.number}"
    for kind, slide, seconds, rating in did:
        yield {
            "webinar_id": part.webinar.webinar_id,
            "interaction_id": f"{name}/{kind}{slide}",
            "email": part.email,
            "kind": kind,
            "occurred_at": part.webinar.starts_at + timedelta(minutes=part.left_after),
            "poll_id": "",
            "rating": rating,
            "slide_id": slide,
            "seconds": seconds,
        }


def offers(part: Part) -> Iterator[Row]:
    """The offer, to who was still there when it was shown; the click as it was."""
    if part.came_after is None or part.left_after <= _OFFER_MINUTE:
        return
    at = part.webinar.starts_at
    yield {
        "webinar_id": part.webinar.webinar_id,
        "offer_id": _OFFER[0],
        "offer_title": _OFFER[1],
        "email": part.email,
        "shown_at": at + timedelta(minutes=_OFFER_MINUTE),
        "clicked_at": at + timedelta(minutes=50) if part.has_clicked else "",
    }


def posts(
    programme: Sequence[Webinar], last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    """A post in each network six days before each webinar."""
    for webinar in programme:
        at = webinar.starts_at - timedelta(days=6, hours=8)
        if at.date() > last_day:
            continue
        for network, usual in _NETWORKS.items():
            shown = int(rng.poisson(usual))
            yield {
                "post_id": f"{network.lower()}-{webinar.webinar_id}",
                "channel": network,
                "campaign": webinar.webinar_id,
                "posted_at": at,
                "measured_at": datetime.combine(last_day, datetime.max.time(), UTC),
                "impressions": shown,
                "reach": int(0.7 * shown),
                "likes": int(rng.binomial(shown, 0.04)),
                "comments": int(rng.binomial(shown, 0.008)),
                "shares": int(rng.binomial(shown, 0.005)),
                "clicks": int(rng.binomial(shown, 0.03)),
            }


def checks(last_day: date) -> Iterator[Row]:
    """A check every five minutes of 30 days: one outage, and hours nobody asked."""
    first = datetime.combine(
        last_day - timedelta(days=_WATCHED_DAYS - 1), datetime.min.time(), UTC
    )
    bad_day = last_day - timedelta(days=7)
    down = datetime.combine(bad_day, datetime.min.time(), UTC).replace(hour=10)
    for number in range(_WATCHED_DAYS * 24 * 60 // OUTAGE_STEP):
        at = first + timedelta(minutes=OUTAGE_STEP * number)
        if at.date() == bad_day and at.hour in _ASLEEP:
            continue
        is_down = down <= at < down + timedelta(minutes=OUTAGE_MINUTES)
        yield {
            "site": f"https://{SITE}",
            "checked_at": at,
            "has_answered": "no" if is_down else "yes",
            "status_code": 503 if is_down else 200,
            "response_ms": 80,
        }


def experiments(last_day: date) -> Iterator[Row]:
    """A subject that is better, a page that makes no difference, one that is still on.

    And a reminder after which people stay longer.

    Not drawn: what is to be found is known to the last person.
    """
    for name, kind, wanted, counts, ended in (
        ("Asunto con pregunta", "subject", "open", ((800, 240), (800, 320)), 20),
        ("Página corta", "page", "registration", ((900, 180), (900, 186)), 30),
        ("Asunto con nombre", "subject", "open", ((150, 45), (150, 54)), None),
    ):
        for variant, (shown, did) in zip(("A", "B"), counts, strict=True):
            yield {
                "experiment": name,
                "variant": variant,
                "experiment_kind": kind,
                "is_control": "yes" if variant == "A" else "no",
                "shown_count": shown,
                "outcome_count": did,
                "outcome_kind": wanted,
                "planned_count": 900 if wanted == "registration" else 800,
                "started_on": last_day - timedelta(days=(ended or 3) + 10),
                "ended_on": last_day - timedelta(days=ended) if ended else "",
            }
    for variant, shown, mean, deviation in (
        ("A", 240, 21.0, 19.5),
        ("B", 236, 28.5, 20),
    ):
        yield {
            "experiment": "Recordatorio una hora antes",
            "variant": variant,
            "experiment_kind": "other",
            "is_control": "yes" if variant == "A" else "no",
            "shown_count": shown,
            "outcome_mean": mean,
            "outcome_deviation": deviation,
            "outcome_kind": "minutes",
            "planned_count": 230,
            "started_on": last_day - timedelta(days=60),
            "ended_on": last_day - timedelta(days=40),
        }
