"""Measure how long a webinar takes to reach its counters while it is held.

``python -m tests.benchmarks.webinar_to_card [--minutes 10] [--every 10]``.
The team of the demo that sells by webinars is read from its files once. Then two
processes run, and no more: `timonel receiver serve` and `timonel dev --schedules`. A
webinar begins; every so many seconds somebody registers, comes in on three devices,
leaves on one of them and writes a message, each told by a signed webhook of Zoom. A
reader of the company asks the cards of *Webinar: operativo* each second. Told: p50, p95
and the longest of the seconds from a person's deliveries to the card that counts them.
A card that shows more people than there are shows nobody. The exit code is 1 when a
card does not end at the very number, or the 95th percentile is beyond five minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests

from metabase.content.warehouse import connect_as
from orchestration.lib.connections.connections import add_connection, files_connection
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_settings import change_settings
from sandbox.webinars.files import webinars
from tests.benchmarks.following import (
    PROMISED_SECONDS,
    Seen,
    card_queries,
    ending,
    print_heading,
    timonel,
)
from tests.benchmarks.loader import database
from tests.benchmarks.receiver import SECRET, free_port, started_receiver

_COMPANY = "academia_ia"
_TITLE = "Followed"
_LISTED = "live_counters"
_CARDS = {
    "live_registrants": "live_people_count",
    "live_attendees": "live_people_count",
    "live_present": "live_present_count",
    "live_engagement_line": "minutes_chat_count",
}
# Until the list of webinars has this one, the others show the one before.
_COUNT = """select case
    when exists (select 1 from ({listed}) as listed where webinar_title = '{title}')
        then (select coalesce(sum({column}), 0) from ({card}) as card)
    else 0 end"""


@dataclass(frozen=True)
class _Live:
    """A webinar of Zoom that began just now, told at an address."""

    address: str
    began: datetime

    def begin(self) -> None:
        self._tell("started")

    def come(self, number: int) -> None:
        """One more person, and all they do."""
        email, registrant = f"person{number}@example.test", f"r{number}"
        new = {"id": registrant, "email": email, "status": "approved"}
        self._tell("registration_created", registrant=new, uuid="")
        devices = [f"{number}{device}" for device in range(3)]
        for device, who in zip(devices, _names(email, registrant), strict=True):
            here = {"user_id": device, "id": "", "join_time": _now(), **who}
            self._tell("participant_joined", participant=here)
        gone = {"user_id": devices[2], "id": "", "leave_time": _now()}
        self._tell("participant_left", participant=gone)
        said = {"message_id": f"m{number}", "sender_session_id": devices[1]}
        said |= {"sender_type": "attendee", "date_time": _now()}
        self._tell("chat_message_sent", chat_message=said)

    def _tell(self, name: str, **parts: Any) -> None:
        webinar = {"id": "7", "uuid": "x==", "type": 5, "topic": _TITLE, "host_id": "h"}
        times = {"start_time": _said(self.began), "duration": 90}
        payload = {"account_id": "account", "object": webinar | times | parts}
        moment = str(int(time.time() * 1000))
        event = {"event": f"webinar.{name}", "event_ts": int(moment)}
        body = json.dumps(event | {"payload": payload}).encode()
        signed = f"v0:{moment}:".encode() + body
        digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        headers = {"x-zm-request-timestamp": moment, "x-zm-signature": f"v0={digest}"}
        answer = requests.post(self.address, data=body, headers=headers, timeout=10)
        if answer.status_code != requests.codes.ok:
            sys.exit(f"The receiver said {answer.status_code}: {answer.text}")


def main() -> None:
    """Hold the webinar, look, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=float, default=10, help="seconds")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        settings = Settings(Path(name) / "home", url)
        hook = _team(settings, url, Path(name) / "files")
        began = time.monotonic()
        if timonel(settings, "run", "--company", _COMPANY).wait():
            sys.exit("The first run failed.")
        print(f"first run: {time.monotonic() - began:.0f} s", flush=True)
        with ExitStack() as stack:
            port = free_port()
            stack.enter_context(ending(started_receiver(settings, port)))
            dev = ("dev", "--schedules", "--port", str(free_port()))
            stack.enter_context(ending(timonel(settings, *dev)))
            live = _Live(f"http://127.0.0.1:{port}{hook.path}", datetime.now(UTC))
            seen = _measured(url, live, arguments)
    print_heading()
    told = [one.is_told(name) for name, one in seen.items()]
    is_kept = all(told)
    print(f"promised: {PROMISED_SECONDS} s, {'kept' if is_kept else 'MISSED'}")
    sys.exit(0 if is_kept else 1)


def _team(settings: Settings, url: str, folder: Path) -> Hook:
    """The company with its files up to yesterday, and an address for Zoom."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    folder.mkdir()
    for name, text in webinars(seed=7, last_day=yesterday).items():
        (folder / name).write_text(text)
    (folder / "truth.json").unlink()
    add_company(url, Company(_COMPANY, "Academia IA", "EUR", "Europe/Madrid"))
    change_settings(url, _COMPANY, plan="webinars")
    add_connection(url, files_connection(_COMPANY, folder))
    return add_hook(url, settings, Hook(_COMPANY, "zoom", "zoom", "", SECRET))


def _measured(url: str, live: _Live, arguments: argparse.Namespace) -> dict[str, Seen]:
    """Let people come until the time is over, then look until all are shown."""
    seen = {name: Seen() for name in _CARDS}
    counts, come = _count_queries(), 0
    due = time.time()
    until = due + 60 * arguments.minutes
    live.begin()
    with connect_as(url, f"bi_{_COMPANY}") as reader:
        while time.time() < until + PROMISED_SECONDS:
            if due <= time.time() < until:
                sent, due = time.time(), due + arguments.every
                live.come(come)
                come += 1
                for one in seen.values():
                    one.sent.append(sent)
            counted = dict(_counted(reader, counts))
            for name, count in counted.items():
                new = count - len(seen[name].shown) if count <= come else 0
                seen[name].shown += [time.time()] * new
            if time.time() > until and set(counted.values()) == {come}:
                break
            time.sleep(1)
    return seen


def _count_queries() -> dict[str, bytes]:
    found = card_queries((_LISTED, *_CARDS))
    return {
        name: _COUNT.format(
            listed=found[_LISTED], title=_TITLE, column=column, card=found[name]
        ).encode()
        for name, column in _CARDS.items()
    }


def _counted(
    reader: psycopg.Connection, queries: dict[str, bytes]
) -> Iterator[tuple[str, int]]:
    for name, query in queries.items():
        row = reader.execute(query).fetchone()
        yield name, int(row[0]) if row else 0
    reader.rollback()


def _names(email: str, registrant: str) -> tuple[dict[str, str], ...]:
    """What Zoom knows of who is at each of the three devices."""
    by_both = {"registrant_id": registrant, "email": email}
    return {"registrant_id": registrant}, {"email": email.upper()}, by_both


def _now() -> str:
    return _said(datetime.now(UTC))


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    main()
