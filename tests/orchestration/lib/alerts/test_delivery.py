"""What is wrong arrives once by mail and webhook, climbs, and stops at an answer."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import psycopg
import pytest
import requests

from orchestration.lib.alerts.channels import Channel, add_channel, remove_channel
from orchestration.lib.alerts.errors import (
    AlertUnknown,
    ChannelBroken,
    NotDelivered,
)
from orchestration.lib.alerts.ledger import acknowledge, list_alerts
from orchestration.lib.alerts.messages import Message
from orchestration.lib.alerts.policies import Hours, save_hours
from orchestration.lib.alerts.services import send
from orchestration.lib.connections.connection_secrets import rotate_key
from orchestration.lib.core.settings import PROJECT_ROOT
from tests.orchestration.lib.alerts.conftest import (
    ACME,
    ALL,
    BOLT,
    DAY,
    START,
    Hook,
    Mailbox,
    Office,
    tell_days,
)


@pytest.fixture
def told(office: Office, mailbox: Mailbox, hook: Hook) -> Office:
    """Mail takes everything, in Spanish; the webhook what is critical, in English."""
    office.add("mail", mailbox.address, ALL)
    office.add("hook", hook.address, ["critical"], "en")
    return office


def test_a_bad_model_a_late_source_and_a_failed_token_arrive_once_and_climb(
    office: Office, mailbox: Mailbox, hook: Hook
) -> None:
    office.add("mail", mailbox.address, ALL)
    office.add("hook", hook.address, ALL, "en")
    office.block_the_model()
    office.connect("google", read=START - timedelta(hours=30))
    office.connect("meta", error="The access token has expired.")

    for minute in (0, 4, 5, 6, 15, 16, 60):
        office.at(minute)

    for box in (mailbox, hook):
        assert len(box.subjects) == len(set(box.subjects)) == 3
    assert sorted(hook.subjects) == [
        "[high] Acme: The connection Meta Ads (meta) fails",
        "[high] Acme: The model of customer value was not published",
        "[medium] Acme: The source Meta Ads (google) is late",
    ]
    assert "[alta] Acme: La conexión Meta Ads (meta) falla" in mailbox.subjects

    numbers = {a["topic"]: a["alert_id"] for a in list_alerts(office.url, "acme")}
    answered = numbers.pop("connection_failing:meta")
    acknowledge(office.url, "acme", [answered], "ana", START + timedelta(minutes=61))
    for minute in (64, 65, 66, 125, 126):
        office.at(minute)

    climbed = "[high, nobody answered] Acme: The model of customer value"
    assert hook.subjects[3:] == [f"{climbed} was not published"] * 2
    acknowledge(office.url, "acme", numbers.values(), "ana", START)
    for minute in (200, 255, 500):
        office.at(minute)
    assert len(hook.subjects) == len(mailbox.subjects) == 5


def test_who_was_not_let_in_is_told_at_the_next_look_to_mail_slack_and_webhook(
    office: Office, mailbox: Mailbox, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No delay of five minutes: it has happened, and waiting does not end it."""
    slack: list[tuple[str, dict[str, object]]] = []

    real = requests.request

    def answer(method: str, url: str, data: str, **more: Any) -> requests.Response:
        if "slack" not in url:
            return real(method, url, data=data, **more)
        slack.append((url, json.loads(data)))
        taken = requests.Response()
        taken.status_code, taken._content = 200, b"ok"
        return taken

    # Slack's own address cannot be another: this is what goes there.
    monkeypatch.setattr(requests, "request", answer)
    office.add("mail", mailbox.address, ["high"])
    address = "slack://T1JDMARKER/BHDMARKER/TXRMARKERTXRMARKERTXRMARK/#general"
    office.add("slack", address, ["high"])
    office.add("hook", hook.address, ["high"], "en")
    office.execute(
        """insert into ops.refused_logins (company_id, system_name, log_part,
            refused_at, refusal_count) values ('acme', 'metabase', 'p', %s, 3)""",
        START - timedelta(seconds=50),
    )

    for company in (ACME, BOLT):
        office.at(0, company)

    assert office.topics() == ["logins_refused:metabase"]
    assert office.topics(BOLT) == []
    assert len(mailbox.mails) == len(hook.posts) == len(slack) == 1
    title = mailbox.subjects[0]
    assert slack[0][0].startswith("https://hooks.slack.com/")
    assert title in json.dumps(slack[0][1], ensure_ascii=False)
    assert "3" in mailbox.mails[0][1]
    assert hook.subjects != mailbox.subjects


def test_a_day_unlike_those_of_its_name_reaches_mail_and_webhook_once(
    told: Office, mailbox: Mailbox, hook: Hook
) -> None:
    """Sundays sell a third: such a Sunday is as usual, and a tenth of it is not."""
    told.add("second", hook.address, ["medium"], "en")
    assert DAY.weekday() == 6
    days = [DAY - timedelta(days=back) for back in range(1, 71)]
    usual = {day: 30.0 if day.weekday() == 6 else 100.0 for day in days}
    for value, expected in ((30.0, 0), (3.0, 1)):
        tell_days(told, {**usual, DAY: value})
        for minute in (0, 20, 40):
            told.at(minute)
        assert len(mailbox.mails) == len(hook.posts) == expected

    assert told.topics() == ["deviation:below"]


def test_what_a_gate_saw_is_told_in_the_language_of_the_channel(
    office: Office, mailbox: Mailbox, hook: Hook
) -> None:
    office.add("mail", mailbox.address, ALL)
    office.add("hook", hook.address, ALL, "en")
    office.block_the_model()
    office.execute(
        "update predictions.gate_results set message_es = 'Faltan compras de antes.'"
    )

    office.at(0)
    office.at(5)

    ((_, body),) = mailbox.mails
    assert "Qué se vio: Faltan compras de antes." in body
    (post,) = hook.posts
    assert "Thirty of a hundred old purchases are gone." in post["message"]


def test_a_message_says_since_when_how_much_what_to_do_and_where(
    told: Office, mailbox: Mailbox
) -> None:
    told.connect("google", read=START - timedelta(hours=49))

    told.at(0)
    told.at(5)

    ((subject, body),) = mailbox.mails
    assert subject == "[alta] Acme: La fuente Meta Ads (google) lleva retraso"
    lines = body.replace("\r", "").strip().split("\n")
    assert lines[1] == "Desde: 21 nov 2026, 12:00 (Europe/Madrid)"
    assert lines[2] == "Qué se vio: 49,1 horas sin leerse; el límite son 48"
    assert lines[3].startswith("Qué hacer: Compruebe que las ejecuciones diarias")
    assert "timonel alerts ack" in lines[4]
    assert lines[5] == "Tablero: http://localhost:3001/"
    assert lines[6] == (
        "Dónde falló: http://localhost:3000/assets/raw_meta_ads/accounts"
    )


def test_an_alert_climbs_to_the_channels_of_the_next_level(
    told: Office, mailbox: Mailbox, hook: Hook
) -> None:
    told.block_the_model()

    told.at(0)
    told.at(5)
    assert (len(mailbox.mails), len(hook.posts)) == (1, 0)
    told.at(65)

    assert (len(mailbox.mails), len(hook.posts)) == (2, 1)
    assert "nobody answered" in hook.subjects[0]


def test_who_was_told_is_told_that_it_is_over(
    told: Office, mailbox: Mailbox, hook: Hook
) -> None:
    told.block_the_model()
    told.at(0)
    told.at(5)

    told.repair()
    told.at(6)
    assert len(mailbox.mails) == 1
    told.at(16)
    told.at(17)

    assert mailbox.subjects[1:] == [
        "[resuelta] Acme: El modelo de valor de cliente no se publicó"
    ]
    # It was over when it was first seen to be.
    assert "Terminó: 23 nov 2026, 13:06" in mailbox.mails[1][1]
    assert hook.posts == []
    assert told.topics() == []


def test_what_ends_before_its_delay_leaves_no_message(told: Office) -> None:
    told.connect("meta", error="refused")
    told.at(0)

    told.repair()
    told.at(30)

    assert told.states() == []


class TestARefusingServer:
    def test_is_tried_again_with_growing_waits_and_then_delivers_once(
        self, told: Office, mailbox: Mailbox
    ) -> None:
        mailbox.refusal = "550 5.7.1 Not today"
        told.block_the_model()
        for minute in (0, 5, 5.5, 6, 7, 8, 12, 20, 36, 60):
            told.at(minute)

        attempts = told.rows("select attempts, state from ops.alert_deliveries")
        assert (6, "pending") in attempts  # at 5, 6, 8, 12, 20 and 36 minutes

        mailbox.refusal = ""
        for minute in (67, 68, 69):
            told.at(minute)
        first = "[alta] Acme: El modelo de valor de cliente no se publicó"
        assert mailbox.subjects.count(first) == 1

    def test_is_itself_an_alert_to_the_other_channels(
        self, told: Office, mailbox: Mailbox, hook: Hook
    ) -> None:
        told.add("hook", hook.address, ALL, "en")
        mailbox.refusal = "550 5.7.1 Not today"
        told.block_the_model()

        for minute in (0, 5, 6, 8, 9, 14):
            told.at(minute)

        (post,) = [p for p in hook.posts if "alert channel mail" in p["title"]]
        assert "does not deliver" in post["title"]

    def test_has_nothing_to_say_once_it_is_over(
        self, told: Office, mailbox: Mailbox
    ) -> None:
        mailbox.refusal = "550 5.7.1 Not today"
        told.block_the_model()
        told.at(0)
        told.at(5)

        told.repair()
        mailbox.refusal = ""
        told.at(60)
        told.at(70)

        assert mailbox.mails == []
        assert told.states() == [("mail", "first", "cancelled")]

    def test_does_not_hold_up_another_channel(
        self, told: Office, mailbox: Mailbox, hook: Hook
    ) -> None:
        told.add("hook", hook.address, ALL, "en")
        mailbox.refusal = "550 5.7.1 Not today"
        told.block_the_model()

        told.at(0)
        told.at(5)

        assert len(hook.posts) == 1


def test_a_message_whose_process_was_killed_is_not_sent_again(
    told: Office, hook: Hook
) -> None:
    told.add("hook", hook.address, ALL, "en")
    remove_channel(told.url, "acme", "mail")
    told.block_the_model()
    told.at(0)
    program = f"""
        import os, signal, sys
        from datetime import datetime
        from pathlib import Path
        from orchestration.lib.alerts.dispatch import Dispatcher
        from orchestration.lib.alerts.services import send
        from orchestration.lib.tenancy.companies import load_company
        from orchestration.lib.core.settings import Settings

        def send_and_die(address, message):
            send(address, message)
            os.kill(os.getpid(), signal.SIGKILL)

        url, home = sys.argv[1:]
        Dispatcher(url, Settings(Path(home), url), send=send_and_die).dispatch(
            load_company(url, "acme"),
            datetime.fromisoformat("{START + timedelta(minutes=5)}"),
        )
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]

    killed = subprocess.run(
        [*command, told.url, str(told.settings.home)], cwd=PROJECT_ROOT, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    for minute in (5, 6, 60):
        told.at(minute)
    assert len(hook.posts) == 1
    assert told.states() == [("hook", "first", "unknown")]
    told.at(65)
    assert "nobody answered" in hook.subjects[1]


def test_two_processes_that_look_at_once_send_once(told: Office, hook: Hook) -> None:
    told.add("hook", hook.address, ALL, "en")
    told.block_the_model()
    told.at(0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(told.at, [5] * 4))

    assert len(hook.posts) == 1


def test_another_company_hears_nothing_and_sees_nothing(
    told: Office, mailbox: Mailbox
) -> None:
    told.block_the_model(BOLT)
    told.at(0, BOLT)
    told.at(5, BOLT)
    told.at(5)

    assert mailbox.mails == []
    assert told.topics() == []
    assert told.topics(BOLT) == ["model_blocked:customer_value"]
    # A reader gets at it through reporting only; here the policy is what is tested.
    told.execute("grant usage on schema ops to bi_reader")
    seen = {}
    for company_id in ("acme", "bolt"):
        with psycopg.connect(told.url) as database:
            database.execute(f"set role bi_{company_id}".encode())
            rows = database.execute("select alert_id, title_es from ops.alerts")
            seen[company_id] = len(rows.fetchall())
    assert seen == {"acme": 0, "bolt": 1}


@pytest.mark.parametrize("table", ["alert_channels", "alert_deliveries"])
def test_a_reader_sees_no_channel_and_no_message(told: Office, table: str) -> None:
    with psycopg.connect(told.url) as database:
        database.execute("set role bi_acme")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute(f"select * from ops.{table}".encode())


def test_one_company_that_fails_does_not_stop_the_others(
    told: Office, mailbox: Mailbox
) -> None:
    told.execute("update ops.companies set time_zone = 'UTC' where company_id='bolt'")
    told.block_the_model()
    told.block_the_model(BOLT)
    told.execute(
        """create function refuse() returns trigger language plpgsql as $$ begin
            if new.company_id = 'acme' then raise 'no'; end if; return new; end $$"""
    )
    told.execute(
        """create trigger refuse before insert on ops.alerts for each row
        execute function refuse()"""
    )

    found = told.dispatcher.dispatch_all(START)

    assert list(found.unjudged) == ["acme"]
    assert told.topics(BOLT) == ["model_blocked:customer_value"]


def test_a_server_that_does_not_answer_holds_up_its_own_company_only(
    told: Office, mailbox: Mailbox
) -> None:
    told.add("mail", "json://stuck.example/hook", ALL, "en", ACME)
    told.add("mail", "json://works.example/hook", ALL, "en", BOLT)
    told.block_the_model()
    told.block_the_model(BOLT)
    answers, bolt_was_told = threading.Event(), threading.Event()

    def send_one(address: str, message: Message) -> None:
        if "stuck" in address:
            assert bolt_was_told.wait(60)
            answers.wait(60)
        else:
            bolt_was_told.set()

    dispatcher = replace(told.dispatcher, send=send_one, budget_seconds=60)
    dispatcher.dispatch_all(START)
    now = START + timedelta(minutes=5)

    with ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(dispatcher.dispatch_all, now)
        assert bolt_was_told.wait(60)
        # The next round leaves what is being sent alone, and does not call it lost.
        assert dispatcher.dispatch_all(now).undelivered == {}
        assert ("mail", "first", "sending") in told.states()
        answers.set()
        assert stuck.result().undelivered == {}

    assert told.states() == [("mail", "first", "sent")] * 2


def test_what_is_not_begun_in_time_is_due_at_the_next_round(
    told: Office, mailbox: Mailbox
) -> None:
    told.block_the_model()
    told.at(0)
    now = START + timedelta(minutes=5)

    replace(told.dispatcher, budget_seconds=0).dispatch_all(now)
    assert mailbox.mails == []
    told.dispatcher.dispatch_all(now)

    assert len(mailbox.mails) == 1


def test_a_failure_of_the_library_is_tried_again_and_keeps_the_address_to_itself(
    told: Office, hook: Hook
) -> None:
    told.add("hook", hook.address, ALL, "en")
    told.block_the_model()
    told.at(0)

    def broken(address: str, message: Message) -> None:
        if "hooks" in address:
            raise ValueError(f"cannot parse {address}")

    failures = replace(told.dispatcher, send=broken).dispatch(
        ACME, START + timedelta(minutes=5)
    )

    assert list(failures) == ["hook"]
    assert "T0K3NMARKER" not in failures["hook"]
    assert sorted(told.states()) == [
        ("hook", "first", "pending"),
        ("mail", "first", "sent"),
    ]
    told.at(6)
    assert len(hook.posts) == 1


def test_threads_hear_what_their_own_service_said(told: Office, hook: Hook) -> None:
    hook.status = 500
    addresses = [f"json://127.0.0.1:{hook.port}/{name}" for name in "abcdefgh"]
    addresses += ["mailto://127.0.0.1:9?from=a@example.com&to=b@example.com"] * 4

    def reason(address: str) -> str:
        with pytest.raises(NotDelivered) as refused:
            send(address, Message("t", "b"))
        return str(refused.value)

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(reason, addresses))

    assert all("500" in each for each in said[:8])
    assert not any("500" in each for each in said[8:])
    assert logging.getLogger("apprise").propagate


def test_a_digest_goes_out_once_a_day_while_something_is_open(
    told: Office, mailbox: Mailbox
) -> None:
    save_hours(told.url, "acme", Hours(digest_at=time(8)))
    told.connect("google", read=START - timedelta(hours=27))
    told.at(0)
    (alert,) = list_alerts(told.url, "acme")
    acknowledge(told.url, "acme", [alert["alert_id"]], "ana", START)

    for minute in (1130, 1145, 1150, 1205):
        told.at(minute)

    ((subject, body),) = mailbox.mails
    assert subject == "Acme: 1 alertas abiertas"
    assert "atendida por ana" in body


def test_only_what_is_open_can_be_acknowledged(told: Office) -> None:
    with pytest.raises(AlertUnknown, match="timonel alerts list"):
        acknowledge(told.url, "acme", [7], "ana", START)


class TestSecrets:
    address = "slack://T1JDMARKER/BHDMARKER/TXRMARKERTXRMARKERTXRMARK/#general"

    def test_no_row_of_the_platform_holds_an_address(
        self, told: Office, hook: Hook, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        told.add("hook", hook.address, ALL)
        hook.status = 500
        told.block_the_model()
        told.at(0)
        told.at(5)
        told.at(7)

        assert len(hook.posts) == 2
        for table in ("alert_channels", "alert_deliveries", "alerts", "alert_rules"):
            query = f"select coalesce(string_agg(x::text, ''), '') from ops.{table} x"
            assert "T0K3NMARKER" not in told.rows(query)[0][0]
        assert "T0K3NMARKER" not in caplog.text

    @pytest.mark.parametrize(
        "address",
        [
            "json://user:MARKERpass@127.0.0.1:9/x/MARKERpath?+Auth=MARKERquery",
            "mailto://user:MARKERpass@127.0.0.1:9?from=a@example.com&to=b@example.com",
        ],
    )
    def test_no_error_holds_one(self, address: str) -> None:
        with pytest.raises(NotDelivered) as refused:
            send(address, Message("title", "body"))

        assert "MARKER" not in str(refused.value)
        assert "Connection refused" in str(refused.value)

    def test_an_address_survives_a_new_key(
        self, told: Office, mailbox: Mailbox
    ) -> None:
        assert rotate_key(told.url, told.settings) == 2
        told.block_the_model()

        told.at(0)
        told.at(5)

        assert len(mailbox.mails) == 1

    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("nonsense", "not understood"),
            ("mailto://h.example.com?from=a@x.com&to=b@x.com,c@x.com", "2 recipients"),
        ],
    )
    def test_an_address_that_cannot_be_is_refused_without_showing_it(
        self, told: Office, address: str, reason: str
    ) -> None:
        channel = Channel("mail", ALL, "es")

        with pytest.raises(ChannelBroken, match=reason) as refused:
            add_channel(told.url, told.settings, "acme", channel, address)

        assert address not in str(refused.value)
