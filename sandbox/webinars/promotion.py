"""How simulated webinars are announced: visits, e-mails, and what links them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np

from sandbox.webinars.people import Webinar

__all__ = ["Promotion", "promote"]

Row = Mapping[str, object]

_SOURCES: Final = {"newsletter": 30, "linkedin": 22, "google": 14}
_DAYS_BEFORE: Final = (6, 3, 1)
#: When it is announced; of a webinar to come there is something to tell by then.
_DAYS_EARLY: Final = (13, 12)
_INVITED_DAYS: Final = 12
_EARLY: Final = {"linkedin": "", "google": "cpc"}
_DIRECT: Final = 25
"""Visits of a day without a campaign."""
_READERS: Final = 60
_BOUNCES, _SECONDS, _PAGES = 0.38, 150.0, 2.6
_DELIVERED, _OPENED, _CLICKED = 0.98, 0.36, 0.25


@dataclass
class Promotion:
    """Rows of files by kind, and what is true of them."""

    files: dict[str, list[Row]] = field(default_factory=dict)
    truth: dict[str, Any] = field(default_factory=dict)


def promote(
    programme: Sequence[Webinar], last_day: date, rng: np.random.Generator
) -> Promotion:
    """Visits of three sources before each webinar, an e-mail, and what is of none.

    Every fourth e-mail is a bulletin that names no webinar, and of each day some visits
    have no campaign: nobody can say which webinar they are of.
    """
    visits = [row for each in programme for row in _visits(each, last_day, rng)]
    direct = list(_direct(programme, last_day, rng))
    campaigns, events = _mails(programme, last_day, rng)
    # Drawn last, so that everything before is what it was without them.
    visits += [row for each in programme for row in _early(each, last_day, rng)]
    mailed = [row for row in events if row["campaign_id"] != "boletin"]
    sent = sum(row["message_event"] == "sent" for row in mailed)
    opened = sum(row["message_event"] == "opened" for row in mailed)
    return Promotion(
        {
            "web_sessions": visits + direct,
            "webinar_campaigns": [row for each in programme for row in _links(each)],
            "message_campaigns": campaigns,
            "message_events": events,
        },
        {
            "linked_session_count": sum(int(str(row["sessions"])) for row in visits),
            "unlinked_session_count": sum(int(str(row["sessions"])) for row in direct),
            "webinar_email_open_ratio": round(opened / sent, 6),
        },
    )


def _links(webinar: Webinar) -> Iterator[Row]:
    """Its address has one campaign, its e-mail another; posts have the webinar's id."""
    for campaign in (_campaign(webinar), f"correo-{webinar.webinar_id}"):
        yield {"webinar_id": webinar.webinar_id, "campaign": campaign}


def _campaign(webinar: Webinar) -> str:
    return f"registro_{webinar.webinar_id}"


def _visits(
    webinar: Webinar, last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    for before in _DAYS_BEFORE:
        day = webinar.starts_at.date() - timedelta(days=before)
        if day > last_day:
            continue
        for source, usual in _SOURCES.items():
            yield _visited(day, source, _campaign(webinar), usual, rng)


def _early(webinar: Webinar, last_day: date, rng: np.random.Generator) -> Iterator[Row]:
    """Visits when it is announced; those of a search engine are paid for."""
    for before in _DAYS_EARLY:
        day = webinar.starts_at.date() - timedelta(days=before)
        if day > last_day:
            continue
        for source, medium in _EARLY.items():
            usual = _SOURCES[source]
            row = _visited(day, source, _campaign(webinar), usual, rng)
            yield {**row, "session_medium": medium}


def _direct(
    programme: Sequence[Webinar], last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    first = programme[0].starts_at.date() - timedelta(days=7)
    for number in range((last_day - first).days + 1):
        yield _visited(first + timedelta(days=number), "(direct)", "", _DIRECT, rng)


def _visited(
    day: date, source: str, campaign: str, usual: int, rng: np.random.Generator
) -> Row:
    sessions = int(rng.poisson(usual))
    bounced = int(rng.binomial(sessions, _BOUNCES))
    return {
        "visit_date": day,
        "session_source": source,
        "session_medium": "",
        "session_campaign": campaign,
        "sessions": sessions,
        "engaged_sessions": sessions - bounced,
        "new_users": int(rng.binomial(sessions, 0.5)),
        "page_views": sessions + int(rng.poisson((_PAGES - 1) * sessions)),
        "seconds_on_site": round(_SECONDS * sessions * rng.uniform(0.8, 1.2)),
    }


def _mails(
    programme: Sequence[Webinar], last_day: date, rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    campaigns: list[Row] = []
    events: list[Row] = []
    for number, webinar in enumerate(programme):
        at = webinar.starts_at - timedelta(days=_INVITED_DAYS, hours=9)
        if at.date() > last_day:
            continue
        campaign = "boletin" if number % 4 == 3 else f"correo-{webinar.webinar_id}"
        name = "Boletín" if campaign == "boletin" else f"Invitación: {webinar.title}"
        if all(row["campaign_id"] != campaign for row in campaigns):
            campaigns.append(
                {
                    "campaign_id": campaign,
                    "campaign_name": name,
                    "channel": "email",
                    "started_at": at,
                }
            )
        for reader in range(_READERS):
            message = f"{webinar.webinar_id}/{reader}"
            events += _events(message, campaign, at, last_day, rng)
    return campaigns, events


def _events(
    message: str, campaign: str, at: datetime, last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    end = datetime.combine(last_day, datetime.max.time(), UTC)
    steps = (("delivered", _DELIVERED), ("opened", _OPENED), ("clicked", _CLICKED))
    done = ["sent"]
    for step, chance in steps:
        if rng.random() >= chance:
            break
        done.append(step)
    if done == ["sent"]:
        done.append("bounced")
    for hours, step in enumerate(done):
        yield {
            "message_id": message,
            "message_event": step,
            "occurred_at": min(at + timedelta(hours=hours), end),
            "campaign_id": campaign,
            "channel": "email",
        }
