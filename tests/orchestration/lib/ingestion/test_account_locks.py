"""Companies that share an account read it in turns, or as many at once as may."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion import ingestion
from orchestration.lib.ingestion.account_locks import TurnMissed, account_turn, accounts
from orchestration.lib.ingestion.ingestion import SourceReader
from orchestration.lib.ingestion.unread_sources import unread_sources
from orchestration.lib.tenancy.companies import Company, add_company
from tests.orchestration.conftest import ACME, FAKE, Shop

_ACCOUNT = {"meta_ads account 1": "Meta Ads act_1"}
BOLT = Company("bolt", "Bolt", "EUR", "Europe/Madrid")


class TestWhatARead:
    def test_uses_is_named_alike_however_it_is_spelled(self) -> None:
        one = accounts(SOURCES["google_ads"], {"customer_ids": ["123-456"]})
        other = accounts(SOURCES["google_ads"], {"customer_ids": ["123456"]})
        meta = accounts(SOURCES["meta_ads"], {"account_ids": ["act_7", "8"]})

        assert one.keys() == other.keys()
        assert meta.keys() == {"meta_ads account 7", "meta_ads account 8"}

    def test_asks_with_counts_too_and_is_not_shown(self) -> None:
        shared = {"access_token": "EAAB-secret"}
        one = accounts(SOURCES["meta_ads"], {"account_ids": ["1"], **shared})
        other = accounts(SOURCES["meta_ads"], {"account_ids": ["2"], **shared})

        assert len(one.keys() & other.keys()) == 1
        assert "secret" not in repr(one)

    def test_of_a_shop_asks_with_is_the_shops_own(self) -> None:
        config = {"shop": "acme.myshopify.com", "access_token": "t"}

        assert set(accounts(SOURCES["shopify"], config)) == {"shopify account acme"}

    def test_of_files_uses_nothing(self) -> None:
        assert accounts(SOURCES["files"], {"paths": ["orders.csv"]}) == {}


@contextmanager
def _another_process(url: str, name: str, seats: int = 2) -> Iterator[None]:
    """A process that holds a place until the block ends."""
    program = (
        "import sys\n"
        "from orchestration.lib.ingestion.account_locks import account_turn\n"
        f"with account_turn(sys.argv[1], {{sys.argv[2]: ''}}, {seats}, print):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, url, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.kill()


def test_a_second_process_waits_says_so_and_gives_up_in_the_end(
    database_url: str,
) -> None:
    said: list[str] = []
    (name,) = _ACCOUNT
    with (
        _another_process(database_url, name),
        pytest.raises(TurnMissed) as missed,
        account_turn(database_url, _ACCOUNT, 1, said.append, patience_seconds=0),
    ):
        pytest.fail("Two read one account at once.")

    assert said == [
        "Meta Ads act_1 is being read for another company: waiting for our turn"
    ]
    assert "What is new comes with the next run" in str(missed.value)
    assert "TIMONEL_READERS_PER_ACCOUNT" in str(missed.value)
    with account_turn(database_url, _ACCOUNT, 1, said.append, patience_seconds=60):
        assert set(said) == {said[0]}


def test_as_many_as_the_setting_says_read_at_once(database_url: str) -> None:
    (name,) = _ACCOUNT
    with (
        _another_process(database_url, name),
        account_turn(database_url, _ACCOUNT, 2, pytest.fail, patience_seconds=0),
        pytest.raises(TurnMissed),
        account_turn(database_url, _ACCOUNT, 2, lambda _: None, patience_seconds=0),
    ):
        pytest.fail("Three read one account at once.")


def test_two_companies_with_one_account_read_it_one_after_the_other(
    shop: Shop,
) -> None:
    add_company(shop.url, BOLT)
    shop.connect(account_ids=["act_7"])
    first = SourceReader(shop.url, shop.settings, FAKE, "one", lambda _: None)
    second_said: list[str] = []
    waits = threading.Event()

    def hear(line: str) -> None:
        second_said.append(line)
        if "waiting for our turn" in line:
            waits.set()

    second = SourceReader(shop.url, shop.settings, FAKE, "two", hear)
    shop.company = BOLT
    shop.connect(account_ids=["7"])
    thread = threading.Thread(target=second.read, args=(BOLT, None))

    def begin_the_second(line: str) -> None:
        if line == "orders: reading":
            thread.start()
            assert waits.wait(timeout=60)
            assert "orders: reading" not in second_said

    reading = replace(first, log=begin_the_second).read(ACME, None)
    thread.join()

    assert reading.failures == ()
    assert "orders: reading" in second_said
    assert shop.rows(
        "select company_id, count(*) from raw_shopify.orders group by 1 order by 1"
    ) == [("acme", 2), ("bolt", 2)]


def test_who_misses_the_turn_is_not_failing_and_is_asked_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.connect(account_ids=["act_7"])
    shop.read()
    monkeypatch.setattr(ingestion, "PATIENCE_SECONDS", 0)
    monkeypatch.setitem(SOURCES, "shopify", replace(FAKE, feeds=("orders",)))
    today = datetime.now(UTC).date() + timedelta(days=1)
    assert unread_sources(shop.url, ACME, today, "orders") == ""

    with _another_process(shop.url, "shopify account 7", seats=1):
        (failure,) = shop.read().failures

    assert "was being read for another company" in failure
    assert shop.rows("select state, last_error from ops.connections") == [
        ("healthy", None)
    ]
    # Predictions wait all the same: orders may be missing.
    unread = unread_sources(shop.url, ACME, today, "orders")
    assert "was being read for another company" in unread
    assert shop.read().failures == ()
    assert unread_sources(shop.url, ACME, today, "orders") == ""


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_a_number_of_readers_that_is_none_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMONEL_READERS_PER_ACCOUNT", text)

    with pytest.raises(ValueError, match="TIMONEL_READERS_PER_ACCOUNT"):
        Settings.from_environment()
