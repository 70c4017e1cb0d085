"""Measure how long a delivery by webhook takes to reach its card, nothing else helping.

``python -m tests.benchmarks.event_to_card [--minutes 15] [--every 10] [--daily 4]``.
The community of the demo is read from its files once. Then two processes run, and no
more: `timonel receiver serve` and `timonel dev --schedules`, whose daemon ticks as it
does for everybody. Signed statuses of WhatsApp are delivered every so many seconds, and
one that is signed with another secret every minute. A reader of the company asks the
cards each second. Told: p50, p95 and the longest of the seconds from a delivery to the
card that counts it, from a refusal to its card, and from the first refusal to its
alert. The exit code is 1 when a delivery is missing on the card at the end, when the
95th percentile is beyond the five minutes that are promised, or an alert is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import requests

from metabase.content.warehouse import connect_as
from orchestration.lib.connections.connections import add_connection, files_connection
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_settings import change_settings
from sandbox.community.files import DEFAULT_DAILY, community
from tests.benchmarks.following import (
    PROMISED_SECONDS,
    Seen,
    card_queries,
    ending,
    print_heading,
    timonel,
)
from tests.benchmarks.loader import database
from tests.benchmarks.receiver import SECRET, free_port, signature, started_receiver

_COMPANY = "red_profesional"
_SECONDS_BETWEEN_REFUSALS = 60
_COUNTS = {
    "delivered": "select coalesce(sum(event_count), 0) from ({}) as card",
    "refused": "select coalesce(sum(refused_attempt_count), 0) from ({}) as card",
}
_CARDS = {"delivered": "webhooks_by_day", "refused": "refused_by_day"}
_ALERT = """select min(opened_at) from ops.alerts
    where company_id = %s and rule_id = 'deliveries_refused'"""


def main() -> None:
    """Deliver, look, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--every", type=float, default=10, help="seconds")
    parser.add_argument("--daily", type=float, default=DEFAULT_DAILY)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        settings = Settings(Path(name) / "home", url)
        hook = _community(settings, url, Path(name) / "files", arguments.daily)
        began = time.monotonic()
        if timonel(settings, "run", "--company", _COMPANY).wait():
            sys.exit("the first run failed: timonel run --company says why")
        print(f"first run: {time.monotonic() - began:.0f} s", flush=True)
        with ExitStack() as stack:
            port = free_port()
            stack.enter_context(ending(started_receiver(settings, port)))
            dev = ("dev", "--schedules", "--port", str(free_port()))
            stack.enter_context(ending(timonel(settings, *dev)))
            seen = _measured(url, f"http://127.0.0.1:{port}{hook.path}", arguments)
        is_kept = _told(seen, _alerted_after(url, seen["refused"]))
    sys.exit(0 if is_kept else 1)


def _community(settings: Settings, url: str, folder: Path, daily: float) -> Hook:
    """The company with its files up to yesterday, and an address for WhatsApp."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    folder.mkdir()
    for name, text in community(seed=7, last_day=yesterday, daily=daily).items():
        # The others are the truth, and what the demo's receiver is sent.
        if name.endswith(".csv"):
            (folder / name).write_text(text)
    add_company(url, Company(_COMPANY, "Red Profesional", "EUR", "Europe/Madrid"))
    change_settings(url, _COMPANY, plan="community")
    add_connection(url, files_connection(_COMPANY, folder))
    return add_hook(url, settings, Hook(_COMPANY, "chat", "whatsapp", "", SECRET))


def _measured(url: str, address: str, arguments: argparse.Namespace) -> dict[str, Seen]:
    """Deliver until the time is over, then look until all is shown or is too late."""
    seen = {name: Seen() for name in _CARDS}
    until = time.time() + 60 * arguments.minutes
    due = {"delivered": time.time(), "refused": time.time()}
    every = {"delivered": arguments.every, "refused": _SECONDS_BETWEEN_REFUSALS}
    cards = _card_queries()
    with connect_as(url, f"bi_{_COMPANY}") as reader:
        before = _counts(reader, cards)
        while time.time() < until + PROMISED_SECONDS:
            for name, at in due.items():
                if at <= time.time() < until:
                    _deliver(address, len(seen[name].sent), name)
                    seen[name].sent.append(time.time())
                    due[name] += every[name]
            for name, count in _counts(reader, cards).items():
                new = count - before[name] - len(seen[name].shown)
                seen[name].shown += [time.time()] * new
            if time.time() > until and all(
                len(one.shown) >= len(one.sent) for one in seen.values()
            ):
                break
            time.sleep(1)
    return seen


def _card_queries() -> dict[str, str]:
    found = card_queries(_CARDS.values())
    return {name: _COUNTS[name].format(found[card]) for name, card in _CARDS.items()}


def _counts(reader: psycopg.Connection, cards: dict[str, str]) -> dict[str, int]:
    found = {}
    for name, query in cards.items():
        row = reader.execute(query.encode()).fetchone()
        found[name] = int(row[0]) if row else 0
    reader.rollback()
    return found


def _deliver(address: str, number: int, name: str) -> None:
    status = {
        "id": f"wamid.{name}.{number}",
        "status": "delivered",
        "timestamp": str(int(time.time())),
        "recipient_id": "34600111222",
    }
    value = {"metadata": {}, "statuses": [status]}
    changes = [{"field": "messages", "value": value}]
    body = json.dumps({"entry": [{"id": "waba", "changes": changes}]}).encode()
    secret = SECRET if name == "delivered" else "another"
    answer = requests.post(
        address,
        data=body,
        headers={"x-hub-signature-256": signature(body, secret)},
        timeout=10,
    )
    expected = {"delivered": 200, "refused": 401}[name]
    if answer.status_code != expected:
        sys.exit(f"The receiver said {answer.status_code}: {answer.text}")


def _alerted_after(url: str, refused: Seen) -> float | None:
    """Seconds from the first refusal to its alert."""
    with psycopg.connect(url) as connection:
        row = connection.execute(_ALERT, (_COMPANY,)).fetchone()
    opened_at = row[0] if row else None
    return opened_at.timestamp() - refused.sent[0] if opened_at else None


def _told(seen: dict[str, Seen], alerted_after: float | None) -> bool:
    """Print; whether the promise was kept."""
    is_kept = alerted_after is not None and alerted_after <= PROMISED_SECONDS
    print_heading()
    for name, one in seen.items():
        is_kept = one.is_told(name) and is_kept
    alert = "never" if alerted_after is None else f"{alerted_after:.0f} s"
    print(f"from the first refusal to its alert: {alert}")
    print(f"promised: {PROMISED_SECONDS} s, {'kept' if is_kept else 'MISSED'}")
    return is_kept


if __name__ == "__main__":
    main()
