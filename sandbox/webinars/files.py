"""The webinars' files, and the answers an analysis of them should find."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np

from sandbox.csv_text import csv_text
from sandbox.webinars.people import (
    BAD_SECTION,
    MINUTES,
    SECTIONS,
    Part,
    Webinar,
    simulate_people,
)
from sandbox.webinars.promotion import promote
from sandbox.webinars.reminders import reminders
from sandbox.webinars.surroundings import (
    OUTAGE_MINUTES,
    OUTAGE_STEP,
    Row,
    checks,
    experiments,
    looks,
    offers,
    posts,
    ratings,
)

__all__ = ["DEFAULT_REGISTRANTS", "webinars"]

DEFAULT_REGISTRANTS: Final = 90
_HELD, _TO_COME, _DAYS_BETWEEN = 24, 2, 14
_PRICE: Final = 297
_TITLES: Final = ("IA para tu clase", "Agentes sin código", "Datos que deciden")
_JOBS: Final = (
    "Directora de Marketing",
    "CEO",
    "Product Manager",
    "Analista",
    "Becaria",
)
_CONVERSION_DAYS: Final = 30


def webinars(
    *, seed: int, last_day: date, registrants: int = DEFAULT_REGISTRANTS
) -> dict[str, str]:
    """Content of every file by its name, and of truth.json; the same for the same seed.

    Parameters
    ----------
    registrants : people who register for each of 24 webinars held and 2 to come.
    """
    rng = np.random.default_rng(seed)
    programme = _programme(last_day, rng)
    parts = simulate_people(programme, registrants, rng)
    held = [one for one in parts if one.webinar.starts_at.date() <= last_day]
    known = [one for one in parts if one.registered_at.date() <= last_day]
    files: dict[str, list[Row]] = {
        "webinars": [_webinar(each) for each in programme],
        "registrants": [_registrant(one) for one in known],
        "attendances": [row for one in held for row in _visits(one)],
        "webinar_interactions": [
            row for one in held for row in (*_interactions(one), *looks(one))
        ],
        "webinar_costs": [row for each in programme for row in _costs(each, last_day)],
        "webinar_sections": [row for each in programme for row in _sections(each)],
        "purchases": [_purchase(one) for one in held if _bought_by(one, last_day)],
        "offers": [row for one in held for row in offers(one)],
        "uptime_checks": list(checks(last_day)),
        "experiments": list(experiments(last_day)),
    }
    # Drawn last, so that everything before is what it was without them.
    files["webinar_ratings"] = [row for one in held for row in ratings(one, rng)]
    files["social_posts"] = list(posts(programme, last_day, rng))
    promotion = promote(programme, last_day, rng)
    files |= promotion.files
    reminded = reminders(known, last_day, rng)
    for name, rows in reminded.files.items():
        files[name] = files.get(name, []) + rows
    truth = _truth(programme, held, last_day) | _surroundings(files)
    truth |= promotion.truth | reminded.truth
    return {
        **{f"{name}.csv": csv_text(rows) for name, rows in files.items()},
        "truth.json": json.dumps({"academia_ia": truth}, indent=2, ensure_ascii=False)
        + "\n",
    }


def _surroundings(files: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """What was planted in the files beside those of webinars."""
    clicked = [row for row in files["offers"] if row["clicked_at"]]
    return {
        "worst_rated_section": BAD_SECTION,
        "offer_clicked_count": len(clicked),
        "tested_count": sum(
            row["kind"] == "quiz" for row in files["webinar_interactions"]
        ),
        "social_impression_count": sum(
            int(str(row["impressions"])) for row in files["social_posts"]
        ),
        "website_down_checks": OUTAGE_MINUTES // OUTAGE_STEP,
    }


def _programme(last_day: date, rng: np.random.Generator) -> list[Webinar]:
    """A fortnight between each, the last one held three days before the last day."""
    told = []
    for number in range(_HELD + _TO_COME):
        day = last_day - timedelta(days=3 + _DAYS_BETWEEN * (_HELD - 1 - number))
        at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
        title = f"{_TITLES[number % len(_TITLES)]} ({number + 1})"
        series = "Taller" if number % 3 else "Mensual"
        told.append(Webinar(f"w{number + 1}", title, series, at, rng.normal(0, 0.35)))
    return told


def _truth(
    programme: Sequence[Webinar], held: Sequence[Part], last_day: date
) -> dict[str, Any]:
    """What the simulation knows; conversions are of webinars whose 30 days are over."""
    registered = [one for one in held if not one.is_cancelled]
    attended = [one for one in held if one.came_after is not None]
    limit = last_day - timedelta(days=_CONVERSION_DAYS)
    over = [one for one in attended if one.webinar.starts_at.date() <= limit]
    bought = [one for one in over if one.bought_after is not None]
    return {
        "name": "Academia IA",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "settings": {"plan": "webinars"},
        "as_of_date": last_day.isoformat(),
        "webinar_count": sum(w.starts_at.date() <= last_day for w in programme),
        "webinar_show_ratio": round(len(attended) / len(registered), 6),
        "webinar_conversion_ratio": round(len(bought) / len(over), 6),
        "webinar_revenue": _PRICE * len(bought),
        "worst_section": BAD_SECTION,
    }


def _webinar(webinar: Webinar) -> Row:
    return {
        "webinar_id": webinar.webinar_id,
        "title": webinar.title,
        "series": webinar.series,
        "starts_at": webinar.starts_at,
        "ends_at": webinar.ends_at,
        "poll_count": 2,
        **dict.fromkeys(("has_chat", "has_questions", "has_offer"), "yes"),
        "has_survey": "yes",
    }


def _registrant(part: Part) -> Row:
    return {
        "webinar_id": part.webinar.webinar_id,
        "registrant_id": f"persona-{part.face.number}",
        "email": part.email,
        "registered_at": part.registered_at,
        "status": "cancelled" if part.is_cancelled else "approved",
        "channel": part.face.channel,
        "industry": part.face.industry,
        "job_title": _JOBS[part.face.number % len(_JOBS)],
        "company_size": part.face.size,
    }


def _visits(part: Part) -> Iterator[Row]:
    """One device; of every twentieth person a second one at the same time."""
    if part.came_after is None:
        return
    for device in range(2 if part.face.number % 20 == 0 else 1):
        yield {
            "webinar_id": part.webinar.webinar_id,
            "email": part.email,
            "session_id": f"{part.webinar.webinar_id}/{part.face.number}/{device}",
            "joined_at": _at(part, part.came_after),
            "left_at": _at(part, part.left_after),
        }


def _interactions(part: Part) -> Iterator[Row]:
    if part.came_after is None:
        return
    done: list[tuple[str, int, object, object]] = []
    for number in range(part.chats):
        minute = part.came_after + number * 7 % (part.left_after - part.came_after)
        done.append(("chat", minute, "", ""))
    if part.has_asked:
        done.append(("question", part.left_after - 1, "", ""))
    done += [("poll", minute, f"poll{minute}", "") for minute in part.polls]
    if part.has_clicked:
        done.append(("cta", 50, "", ""))
    if part.rating is not None:
        done.append(("survey", MINUTES + 5, "", part.rating))
    for number, (kind, minute, poll_id, rating) in enumerate(done):
        yield {
            "webinar_id": part.webinar.webinar_id,
            "interaction_id": f"{part.webinar.webinar_id}/{part.face.number}/{number}",
            "email": part.email,
            "kind": kind,
            "occurred_at": _at(part, minute),
            "poll_id": poll_id,
            "rating": rating,
            "slide_id": "",
            "seconds": "",
        }


def _sections(webinar: Webinar) -> Iterator[Row]:
    for title, minute in SECTIONS:
        yield {
            "webinar_id": webinar.webinar_id,
            "section_title": title,
            "start_minute": minute,
        }


def _costs(webinar: Webinar, last_day: date) -> Iterator[Row]:
    day = webinar.starts_at.date() - timedelta(days=5)
    if day <= last_day:
        for channel, cost in (("linkedin", 280), ("google", 150)):
            yield {
                "webinar_id": webinar.webinar_id,
                "cost_date": day,
                "cost": cost,
                "channel": channel,
                "currency_code": "EUR",
            }


def _bought_by(part: Part, last_day: date) -> bool:
    return part.bought_after is not None and _bought_on(part) <= last_day


def _bought_on(part: Part) -> date:
    return part.webinar.starts_at.date() + timedelta(days=part.bought_after or 0)


def _purchase(part: Part) -> Row:
    return {
        "purchase_id": f"{part.webinar.webinar_id}-{part.face.number}",
        "customer_email": part.email,
        "purchased_at": datetime.combine(
            _bought_on(part), datetime.min.time(), UTC
        ).replace(hour=10),
        "amount": _PRICE,
        "currency_code": "EUR",
    }


def _at(part: Part, minute: int) -> datetime:
    return part.webinar.starts_at + timedelta(minutes=minute)
