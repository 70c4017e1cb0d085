"""Dashboards that are mailed: only to whom was named, and written only when changed.

Metabase writes to the recipients whenever a subscription is saved, so one that says
the same is never sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metabase.metabase_as_code.company import Company
from metabase.metabase_as_code.content import Content
from metabase.metabase_as_code.delivery import Subscription, page_of
from metabase.metabase_as_code.reconciliation import (
    Finding,
    Reconciliation,
    Thing,
    Values,
)
from metabase.metabase_as_code.schedules import CannotBeSaid, Schedule, shift

__all__ = ["Post", "ensure_subscriptions"]

_PULSE = "/api/pulse"
_CHANNEL_KEYS = (
    "channel_type",
    "enabled",
    "schedule_type",
    "schedule_hour",
    "schedule_day",
    "schedule_frame",
)


@dataclass(frozen=True)
class Post:
    """What one company is mailed, and what the server can send.

    ``recipients`` by rhythm; ``page_ids`` by the dashboards' ``entity_id``; ``words``
    are the labels of the importer.
    """

    company: Company
    time_zone: str
    recipients: Mapping[str, tuple[str, ...]]
    has_mail: bool
    server_time_zone: str
    words: Mapping[str, str]
    now: datetime


@dataclass(frozen=True)
class _Mail:
    rhythm: str
    name: str
    when: Schedule
    page_id: int


def ensure_subscriptions(
    work: Reconciliation,
    post: Post,
    subscriptions: tuple[Subscription, ...],
    content: Content,
    page_ids: Mapping[str, int],
) -> None:
    """Create, correct or put away every subscription of a company."""
    pages = {page_of(page): page for page in content.dashboards}
    for one in subscriptions:
        page = pages[one.page]
        name = f"{post.words[f'subscriptions.{one.rhythm}']}: {page.name}"
        try:
            when = _when(post, one)
        except CannotBeSaid as reason:
            _skip(work, post, name, str(reason))
            continue
        if when is None:
            _put_away(work, post, one, name)
        else:
            mail = _Mail(one.rhythm, name, when, page_ids[page.entity_id])
            work.ensure(_thing(work, post, mail))


def _when(post: Post, one: Subscription) -> Schedule | None:
    """None while nobody is named."""
    if not post.recipients.get(one.rhythm):
        return None
    if not post.has_mail:
        raise CannotBeSaid(
            "the server cannot send mail: set MB_EMAIL_SMTP_HOST and its neighbours"
        )
    return shift(one.schedule, post.time_zone, post.server_time_zone, post.now)


def _skip(work: Reconciliation, post: Post, name: str, reason: str) -> None:
    told = Finding(post.company.company_id, "subscription", name, "skipped", reason)
    work.findings.append(told)


def _put_away(work: Reconciliation, post: Post, one: Subscription, name: str) -> None:
    company_id = post.company.company_id
    known = work.identities.find(company_id, "subscription", one.rhythm)
    if known is None:
        option = f"timonel metabase settings --company {company_id} --{one.rhythm}"
        _skip(work, post, name, f"nobody is named; {option} ADDRESS")
        return
    live = work.metabase.get(f"{_PULSE}/{known.metabase_id}")
    # Whole, because what a PUT leaves out falls back to a default.
    work.archive(known, _PULSE, _owned(live))


def _thing(work: Reconciliation, post: Post, mail: _Mail) -> Thing:
    recipients = sorted(post.recipients[mail.rhythm])
    wanted = {
        "name": mail.name,
        "dashboard_id": mail.page_id,
        "skip_if_empty": True,
        "cards": _cards(work, mail.page_id),
        "channels": [
            {
                "channel_type": "email",
                "enabled": True,
                **mail.when.keys(),
                "recipients": [{"email": one} for one in recipients],
            }
        ],
        "archived": False,
    }

    def candidates() -> list[int]:
        return [
            one["id"]
            for one in work.metabase.get(_PULSE)
            if one["name"] == mail.name and one["dashboard_id"] == mail.page_id
        ]

    def complete(body: dict[str, Any]) -> dict[str, Any]:
        # A POST has every key but one; a PUT has to, because of its defaults.
        return body if set(body) == set(born_with) else wanted

    born_with = tuple(key for key in wanted if key != "archived")
    return Thing(
        company_id=post.company.company_id,
        kind="subscription",
        key=mail.rhythm,
        name=mail.name,
        endpoint=_PULSE,
        wanted=lambda _: wanted,
        candidates=candidates,
        owned=_owned,
        complete=complete,
        born_with=born_with,
    )


def _cards(work: Reconciliation, page_id: int) -> list[dict[str, Any]]:
    """The cards of the live dashboard; a subscription names each one's place."""
    if page_id < 0:
        return []
    placed = work.metabase.get(f"/api/dashboard/{page_id}")["dashcards"]
    return [
        {
            "id": one["card_id"],
            "dashboard_card_id": one["id"],
            "include_csv": False,
            "include_xls": False,
        }
        for one in sorted(placed, key=lambda one: int(one["id"]))
        if one["card_id"] is not None
    ]


def _owned(live: Values) -> dict[str, Any]:
    """What the server has of ours; it adds much to cards and recipients."""
    keys = ("id", "dashboard_card_id", "include_csv", "include_xls")
    cards = [{key: card.get(key) for key in keys} for card in live["cards"]]
    return {
        **{
            key: live.get(key)
            for key in ("name", "dashboard_id", "skip_if_empty", "archived")
        },
        "cards": sorted(cards, key=lambda one: int(one["dashboard_card_id"])),
        "channels": [
            {
                **{key: channel.get(key) for key in _CHANNEL_KEYS},
                "recipients": sorted(
                    ({"email": one["email"]} for one in channel["recipients"]),
                    key=lambda one: str(one["email"]),
                ),
            }
            for channel in live["channels"]
        ],
    }
