"""Dashboards that are mailed: only to whom was named, and written only when changed.

Metabase writes to the recipients whenever a subscription is saved, so one that says
the same is never sent again. With every change of a page it gives the page's name to
the page's subscriptions and adds the cards that are new there, and it deletes them when
the page is archived: none of that is anybody's doing, and none of it is drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metabase.content.company import Company
from metabase.content.delivery import Subscription, page_of
from metabase.content.entities import Content, Dashboard
from metabase.content.schedules import Schedule, UnsupportedSchedule, shift
from metabase.server.diff import (
    Finding,
    Reconciliation,
    Resource,
    Values,
)

__all__ = ["PULSE", "Post", "as_sent", "ensure_subscriptions"]

PULSE = "/api/pulse"
_CHANNEL_KEYS = (
    "channel_type",
    "enabled",
    "schedule_type",
    "schedule_hour",
    "schedule_day",
    "schedule_frame",
)
_BORN_WITH = ("name", "dashboard_id", "skip_if_empty", "cards", "channels")
_CARD_KEYS = ("id", "dashboard_card_id", "include_csv", "include_xls")


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

    def prefix(self, rhythm: str) -> str:
        """What stands before a page's name where one of its mails is told of."""
        return f"{self.words[f'subscriptions.{rhythm}']}: "


@dataclass(frozen=True)
class _Mail:
    rhythm: str
    page: Dashboard
    page_id: int
    when: Schedule
    recipients: tuple[str, ...]

    @property
    def key(self) -> str:
        """Of the page too: a server moves no subscription to another one."""
        return _key(self.rhythm, self.page)


def ensure_subscriptions(
    work: Reconciliation,
    post: Post,
    subscriptions: tuple[Subscription, ...],
    content: Content,
    page_ids: Mapping[str, int],
) -> None:
    """Create, correct or put away every subscription of a company."""
    pages = {page_of(page): page for page in content.dashboards}
    kept: set[str | int] = set()
    for one in subscriptions:
        page = pages[one.page]
        try:
            when = _when(post, one)
        except UnsupportedSchedule as reason:
            _skip(work, post, one, page, str(reason))
            # Neither made nor taken away, also by the key it once had.
            kept |= {_key(one.rhythm, page), one.rhythm}
            continue
        if when is None:
            _tell_that_nobody_is_named(work, post, one, page)
            continue
        recipients = tuple(sorted(post.recipients[one.rhythm]))
        mail = _Mail(one.rhythm, page, page_ids[page.entity_id], when, recipients)
        kept |= {mail.key, work.ensure(_resource(work, post, mail))}
    company_id = post.company.company_id
    for known in work.identities.all(company_id=company_id, kind="subscription"):
        if known.key not in kept and known.metabase_id not in kept:
            prefix = post.prefix(known.key.split(":")[0])
            work.archive(known, PULSE, as_sent, prefix)


def as_sent(live: Values) -> dict[str, Any]:
    """Whole, as a PUT takes it: what it leaves out falls back to a default.

    The server adds much to cards and recipients, and refuses it when it is sent back.
    """
    cards = [{key: card.get(key) for key in _CARD_KEYS} for card in live["cards"]]
    return {
        "skip_if_empty": live.get("skip_if_empty"),
        "archived": live.get("archived"),
        "cards": sorted(cards, key=lambda one: int(one["dashboard_card_id"])),
        "channels": [
            {
                **{key: channel.get(key) for key in _CHANNEL_KEYS},
                "recipients": [{"email": one} for one in _addresses(channel)],
            }
            for channel in live["channels"]
        ],
    }


def _key(rhythm: str, page: Dashboard) -> str:
    return f"{rhythm}:{page.entity_id}"


def _when(post: Post, one: Subscription) -> Schedule | None:
    """None while nobody is named."""
    if not post.recipients.get(one.rhythm):
        return None
    if not post.has_mail:
        raise UnsupportedSchedule(
            "the server cannot send mail: set MB_EMAIL_SMTP_HOST and its neighbours"
        )
    return shift(one.schedule, post.time_zone, post.server_time_zone, post.now)


def _skip(
    work: Reconciliation, post: Post, one: Subscription, page: Dashboard, reason: str
) -> None:
    company_id, name = post.company.company_id, post.prefix(one.rhythm) + page.name
    work.findings.append(Finding(company_id, "subscription", name, "skipped", reason))


def _tell_that_nobody_is_named(
    work: Reconciliation, post: Post, one: Subscription, page: Dashboard
) -> None:
    company_id = post.company.company_id
    keys = (_key(one.rhythm, page), one.rhythm)
    if any(work.identities.find(company_id, "subscription", key) for key in keys):
        return
    option = f"timonel metabase settings --company {company_id} --{one.rhythm}"
    _skip(work, post, one, page, f"nobody is named; {option} ADDRESS")


def _resource(work: Reconciliation, post: Post, mail: _Mail) -> Resource:
    placed = _placed(work, mail.page_id)

    def wanted(live: Values | None) -> dict[str, Any]:
        body = {
            "skip_if_empty": True,
            "cards": _cards(placed, live),
            "channels": [
                {
                    "channel_type": "email",
                    "enabled": True,
                    **mail.when.keys(),
                    "recipients": [{"email": one} for one in mail.recipients],
                }
            ],
            "archived": False,
        }
        if live is None:
            # Neither can be changed later, and the name is the page's from then on.
            return {"name": mail.page.name, "dashboard_id": mail.page_id, **body}
        return body

    def owned(live: Values) -> dict[str, Any]:
        sent = as_sent(live)
        cards = [one for one in sent["cards"] if one["dashboard_card_id"] in placed]
        return {**sent, "cards": cards}

    return Resource(
        company_id=post.company.company_id,
        kind="subscription",
        key=mail.key,
        name=post.prefix(mail.rhythm) + mail.page.name,
        endpoint=PULSE,
        wanted=wanted,
        candidates=lambda: _candidates(work, post, mail),
        owned=owned,
        born_with=_BORN_WITH,
        # What a PUT leaves out falls back to a default.
        sent_together=("skip_if_empty", "cards", "channels", "archived"),
        never_drifts=("cards",),
        may_vanish="the server deletes it when its page is archived",
    )


def _candidates(work: Reconciliation, post: Post, mail: _Mail) -> list[int]:
    """The one that had the rhythm for its key, else those with the same readers.

    Names tell nothing: all subscriptions of a page have the page's.
    """
    company_id = post.company.company_id
    former = work.identities.find(company_id, "subscription", mail.rhythm)
    same_page = [
        one for one in work.metabase.get(PULSE) if one["dashboard_id"] == mail.page_id
    ]
    known = [
        one["id"] for one in same_page if former and one["id"] == former.metabase_id
    ]
    return known or [
        one["id"]
        for one in same_page
        if [
            (channel["schedule_type"], _addresses(channel))
            for channel in one["channels"]
        ]
        == [(mail.rhythm, list(mail.recipients))]
    ]


def _placed(work: Reconciliation, page_id: int) -> dict[int, int]:
    """The cards of the live dashboard, by their place on it."""
    if page_id < 0:
        return {}
    placed = work.metabase.get(f"/api/dashboard/{page_id}")["dashcards"]
    return {
        int(one["id"]): int(one["card_id"])
        for one in sorted(placed, key=lambda one: int(one["id"]))
        if one["card_id"] is not None
    }


def _cards(placed: Mapping[int, int], live: Values | None) -> list[dict[str, Any]]:
    """Every card of the page; whether its rows are attached is what people chose."""
    chosen = {one["dashboard_card_id"]: one for one in (live or {}).get("cards", [])}
    return [
        {
            "id": card_id,
            "dashboard_card_id": place,
            **{
                key: bool(chosen.get(place, {}).get(key))
                for key in ("include_csv", "include_xls")
            },
        }
        for place, card_id in placed.items()
    ]


def _addresses(channel: Values) -> list[str]:
    return sorted(str(one["email"]) for one in channel["recipients"])
