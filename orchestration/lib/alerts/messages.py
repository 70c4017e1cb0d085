"""What people read of an alert: what, since when, how much, what to do, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.links import Links
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.translations import measured, read_words, written
from orchestration.lib.tenancy.companies import Company

__all__ = [
    "Message",
    "Telling",
    "describe",
    "digest_message",
    "message",
    "test_message",
]

_LONGEST_DETAIL = 600


@dataclass(frozen=True)
class Message:
    """A subject and a body, of plain text unless ``is_html``, and files with it."""

    title: str
    body: str
    is_html: bool = False
    attachments: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Telling:
    """A stored alert, as its row has it."""

    alert_id: int
    severity: str
    facts: Mapping[str, Any]
    since: datetime
    link: str
    asset_link: str | None
    acknowledged_by: str | None = None


def describe(
    condition: Condition | None, company: Company, links: Links
) -> dict[str, Any]:
    """Words, links, facts and start of a condition, as columns of ``ops.alerts``.

    Of none: nothing new, an alert keeps its words.
    """
    if condition is None:
        return {}
    told: dict[str, Any] = {
        "link": links.page(condition.facts),
        "asset_link": links.failure(condition.facts),
        "facts": dict(condition.facts),
        "since": condition.since,
    }
    for language in ("es", "en"):
        for part in ("title", "advice"):
            text = _event_text(condition.facts, part, language, company.time_zone)
            told[f"{part}_{language}"] = text
    return told


def message(
    purpose: str, alert: Telling, company: Company, language: str, until: datetime
) -> Message:
    """What a channel gets: for the first time, as an escalation, or when it is over.

    ``until`` is when it was over, if it is.
    """
    words = read_words(language)
    zone = company.time_zone
    title = _event_text(alert.facts, "title", language, zone)
    subject = words[f"subject.{purpose}"].format(
        severity=words[f"severity.{alert.severity}"], company=company.name, title=title
    )
    fill = {
        "since": written(alert.since, language, zone),
        "until": written(until, language, zone),
        "seen": _event_text(alert.facts, "seen", language, zone),
        "advice": _event_text(alert.facts, "advice", language, zone),
        "alert_id": alert.alert_id,
        "company_id": company.company_id,
    }
    names = ("since", "recovered") if purpose == "recovery" else _OPEN
    lines = [title, *(words[f"line.{name}"].format(**fill) for name in names)]
    lines.append(words["line.dashboard"].format(link=alert.link))
    if alert.asset_link:
        lines.append(words["line.asset"].format(link=alert.asset_link))
    return Message(subject, "\n".join(lines))


def digest_message(
    alerts: Sequence[Telling], company: Company, links: Links, language: str
) -> Message:
    """Everything that is open, a line each."""
    words = read_words(language)
    title = words["subject.digest"].format(company=company.name, count=len(alerts))
    lines = [_digest_line(alert, company, language) for alert in alerts]
    link = words["line.dashboard"].format(link=links.page({"event": "digest"}))
    return Message(title, "\n".join([*lines, link]))


def test_message(company: Company, language: str) -> Message:
    """To see whether a channel works."""
    words = read_words(language)
    subject = words["subject.test"].format(company=company.name)
    return Message(subject, words["line.test"])


_OPEN = ("since", "seen", "advice", "acknowledge")


def _digest_line(alert: Telling, company: Company, language: str) -> str:
    words = read_words(language)
    severity = words[f"severity.{alert.severity}"]
    title = _event_text(alert.facts, "title", language, company.time_zone)
    since = written(alert.since, language, company.time_zone)
    line = f"- {alert.alert_id} [{severity}] {title} · {since}"
    if alert.acknowledged_by:
        by = words["line.acknowledged"].format(by=alert.acknowledged_by)
        line = f"{line} · {by}"
    return line


def _event_text(
    facts: Mapping[str, Any], part: str, language: str, time_zone: str
) -> str:
    words = read_words(language)
    fill = {
        name: written(value, language, time_zone)
        for name, value in facts.items()
        if not isinstance(value, list | dict)
    }
    if unit := facts.get("unit"):
        currency = fill.get("currency", "")
        for name in ("observed", "threshold"):
            fill[name] = measured(facts[name], unit, currency, language)
    subject = fill.get("subject", "")
    source = _source_title(fill.get("source", ""), language)
    if facts.get("is_word"):
        subject = words[f"subjects.{subject}"]
    # Its name is for commands, beside the title that people know.
    is_named = source and subject != fill.get("source")
    fill |= {
        "source": source,
        "connection": f"{source} ({subject})" if is_named else source or subject,
        "subject": subject,
        "where": f" ({subject})" if subject else "",
        "label": fill.get(f"label_{language}", ""),
        "detail": _detail(fill, language)[:_LONGEST_DETAIL],
    }
    return words[f"events.{facts['event']}.{part}"].format(**fill).strip()


def _source_title(slug: str, language: str) -> str:
    """What people call a source; its slug where nobody declares it any more."""
    source = SOURCES.get(slug)
    titles = {"en": source.title, "es": source.title_es} if source else {}
    return titles.get(language) or slug


def _detail(fill: Mapping[str, str], language: str) -> str:
    """In the language where it was worded in it."""
    return fill.get(f"detail_{language}", fill.get("detail", ""))
