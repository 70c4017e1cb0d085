"""What a comparison found is over when it passes, and not a second before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.connections.connection_reads import OpenRead
from orchestration.lib.connections.connection_states import (
    clear_difference,
    list_statuses,
    record_check,
    record_difference,
    record_failure,
    record_read,
)
from orchestration.lib.connections.connections import Connection
from tests.orchestration.conftest import ACME, Shop
from tests.orchestration.lib.alerts.conftest import ALL, START

# As taps/api_source/streams.py writes it.
_SILENCE = (
    "orders: the source answers without any row, and had some on 2026-11-01. Look "
    "there whether they are gone, or hidden from this connection."
)


@pytest.fixture
def connection(shop: Shop) -> Connection:
    """A connection whose rows are not those its source counted."""
    connected = shop.connect()
    record_read(shop.url, connected)
    record_difference(shop.url, "acme", "shopify", "counted", "Ten orders are gone.")
    return connected


def _state(shop: Shop) -> tuple[str, str | None]:
    (status,) = list_statuses(shop.url)
    return status.state, status.last_error


def test_reading_and_testing_do_not_end_a_difference(
    shop: Shop, connection: Connection
) -> None:
    found = ("failing", "Ten orders are gone.")
    record_read(shop.url, connection)
    assert _state(shop) == found
    record_check(shop.url, connection, {"warnings": ["It is slow."]})
    assert _state(shop) == found

    clear_difference(shop.url, "acme", "shopify", "contract")
    assert _state(shop) == found
    clear_difference(shop.url, "acme", "shopify", "counted")
    assert _state(shop) == ("limited", None)


def test_each_comparison_ends_its_own(shop: Shop, connection: Connection) -> None:
    record_difference(shop.url, "acme", "shopify", "contract", "Keys are twice.")
    record_read(shop.url, connection)
    assert _state(shop) == ("failing", "Keys are twice.\nTen orders are gone.")

    clear_difference(shop.url, "acme", "shopify", "counted")

    assert _state(shop) == ("failing", "Keys are twice.")


def test_a_connection_that_cannot_be_read_is_not_mended_by_a_comparison(
    shop: Shop, connection: Connection
) -> None:
    record_failure(shop.url, connection, "The token has expired.")

    clear_difference(shop.url, "acme", "shopify", "counted")
    assert _state(shop) == ("failing", "The token has expired.")

    record_read(shop.url, connection)
    assert _state(shop) == ("healthy", None)


def test_a_stream_that_fell_silent_is_told_until_it_has_rows_again(shop: Shop) -> None:
    connection, read = shop.connect(), OpenRead()
    read.hear("orders: 0 records")
    assert not read.hear(f"2026-11-28 10:00:00 | WARNING | tap-shopify | {_SILENCE}")

    record_read(shop.url, connection, read.silences)
    assert _state(shop) == ("limited", _SILENCE)
    # A check reads no rows, and a difference is worse.
    record_check(shop.url, connection, {"warnings": []})
    assert _state(shop) == ("limited", _SILENCE)
    record_difference(shop.url, "acme", "shopify", "counted", "Ten orders are gone.")
    assert _state(shop) == ("failing", "Ten orders are gone.")
    clear_difference(shop.url, "acme", "shopify", "counted")
    assert _state(shop) == ("limited", _SILENCE)

    record_read(shop.url, connection)
    assert _state(shop) == ("healthy", None)


def test_a_look_between_the_read_and_its_comparison_tells_no_recovery(
    shop: Shop, connection: Connection
) -> None:
    address = "json://127.0.0.1:9/hook"
    add_channel(shop.url, shop.settings, "acme", Channel("team", ALL, "en"), address)
    titles: list[str] = []
    dispatcher = Dispatcher(
        shop.url, shop.settings, send=lambda _, message: titles.append(message.title)
    )
    for minute in (0, 5):
        dispatcher.dispatch(ACME, START + timedelta(minutes=minute))

    for minute in range(60, 100):
        record_read(shop.url, connection)
        dispatcher.dispatch(ACME, START + timedelta(minutes=minute))
        record_difference(
            shop.url, "acme", "shopify", "counted", "Ten orders are gone."
        )

    assert [title for title in titles if "nobody answered" not in title] == [
        "[high] Acme: The connection Fake (shop) fails"
    ]
