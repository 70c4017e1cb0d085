"""A source is read from its bookmark on, or exactly the days that are asked for."""

from __future__ import annotations

import os
import signal
from datetime import date

import psycopg
import pytest

from orchestration.lib.connections.connection_states import list_statuses
from orchestration.lib.connections.connections import add_connection
from orchestration.lib.data_quality.reconciliation import differences
from orchestration.lib.ingestion.ingestion import DateRange, SourceReader
from orchestration.lib.ingestion.landings import (
    mark_verified,
    revisions,
    verified_until,
)
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.privacy.erasure import forget
from tests.orchestration.conftest import ACME, DAYS, FAKE, ORDERS, Shop

_ORDERS = "select id, total_price from raw_shopify.orders order by 1"
_BOOKMARK = "select state from ops.singer_bookmarks"
_NEW_ORDER = {"id": "3", "updated_at": "2026-01-03T10:00:00Z", "total_price": 30}


def _problems(shop: Shop) -> list[str]:
    return [str(each) for each in differences(shop.url, "acme", FAKE, None)]


def test_everything_lands_and_the_bookmark_moves(shop: Shop) -> None:
    shop.connect()

    reading = shop.read()

    assert reading.failures == ()
    assert [str(total) for _, total in shop.rows(_ORDERS)] == ["10.5", "20"]
    assert shop.rows(_BOOKMARK) == [
        ({"bookmarks": {"orders": ORDERS[1]["updated_at"]}},)
    ]
    assert "orders: reading" in shop.log
    assert _problems(shop) == []


def test_who_was_forgotten_comes_back_as_nobody_and_is_counted(shop: Shop) -> None:
    shop.connect()
    shop.holds(orders=[{**ORDERS[0], "email": "ana@example.com"}, ORDERS[1]])
    shop.read()
    forget(shop.url, shop.settings, "acme", "ana@example.com")
    shop.holds(orders=[*ORDERS, {**_NEW_ORDER, "email": "Ana@Example.com"}])
    shop.log.clear()

    shop.read()

    query = "select id, total_price::int, email from raw_shopify.orders order by 1"
    assert shop.rows(query)[2] == ("3", 30, None)
    counted = "select forgotten_count from ops.connection_reads order by read_id"
    assert shop.rows(counted) == [(0,), (1,)]
    assert any("orders: 1 of forgotten people as of nobody" in s for s in shop.log)
    assert not any("ana@" in line.lower() for line in shop.log)


def test_who_was_forgotten_stops_a_read_without_the_key(shop: Shop) -> None:
    shop.connect()
    shop.holds(orders=[{**ORDERS[0], "email": "ana@example.com"}])
    shop.read()
    forget(shop.url, shop.settings, "acme", "ana@example.com")
    (shop.settings.home / "secret.key").unlink()

    reading = shop.read()

    assert "Bring it back" in reading.failures[0]


def test_days_that_are_asked_for_are_read_and_the_bookmark_stays(shop: Shop) -> None:
    shop.connect()
    shop.read()
    before = shop.rows(_BOOKMARK)
    restated = [{**DAYS[0], "spend": 9}, DAYS[1], {**DAYS[2], "spend": 9}]
    shop.holds(orders=[*ORDERS, _NEW_ORDER], days=restated)

    shop.read(DateRange(date(2026, 1, 2), date(2026, 1, 2)))

    assert shop.rows(
        "select date::text, spend::text from raw_shopify.campaign_days order by 1, 2"
    ) == [("2026-01-01", "1.25"), ("2026-01-01", "2.5"), ("2026-01-02", "9")]
    assert len(shop.rows(_ORDERS)) == 2
    assert shop.rows(_BOOKMARK) == before


def test_a_company_that_is_not_connected_reads_nothing(shop: Shop) -> None:
    reading = shop.read()

    assert (reading.connection_count, reading.failures) == (0, ())


def test_a_connection_that_fails_does_not_stop_the_next(shop: Shop) -> None:
    shop.connect("a_bad", refuses="orders: access denied. Grant read_orders.")
    shop.connect("b_good")

    reading = shop.read()

    assert reading.failures == (
        "acme/a_bad: orders: access denied. Grant read_orders.",
    )
    assert len(shop.rows(_ORDERS)) == 2
    states = {each.connection_id: each.state for each in list_statuses(shop.url)}
    assert states == {"a_bad": "failing", "b_good": "healthy"}


def test_a_connection_that_works_again_is_healthy_again(shop: Shop) -> None:
    shop.connect(refuses="the shop is frozen.")
    shop.read()

    shop.connect()
    shop.read()

    status = list_statuses(shop.url)[0]
    assert (status.state, status.last_error) == ("healthy", None)
    assert status.last_read_at is not None


def test_a_token_that_stays_expired_fails_after_one_retry(shop: Shop) -> None:
    shop.connect(secrets={"access_token": "old-token"}, valid_token="another")

    reading = shop.read()

    assert reading.failures == ("acme/shop: the token ran out.",)
    assert sum("access ran out" in line for line in shop.log) == 1


def test_what_a_tap_says_of_a_secret_is_blotted_out(shop: Shop) -> None:
    shop.connect(secrets={"access_token": "shpat_marker_1"}, is_chatty=True)

    reading = shop.read()

    assert "shpat_marker_1" not in "\n".join([*shop.log, *reading.failures])
    assert "refused ***" in reading.failures[0]
    assert "shpat_marker_1" not in str(list_statuses(shop.url))


def test_other_settings_read_everything_again(shop: Shop) -> None:
    shop.connect()
    shop.read()
    assert shop.rows(_BOOKMARK)

    shop.connect(shop="another-shop")

    assert shop.rows(_BOOKMARK) == []


def test_another_address_alone_reads_nothing_again(shop: Shop) -> None:
    shop.connect(api_url="http://127.0.0.1:1/x")
    add_company(shop.url, Company("bolt", "Bolt", "EUR", "UTC"))
    shop.rows(
        """insert into ops.singer_bookmarks values ('acme', 'shopify/shop', '{}')
        returning 1"""
    )

    shop.connect(api_url="http://127.0.0.1:2/x")

    assert len(shop.rows(_BOOKMARK)) == 1


def test_a_stopped_sandbox_says_how_to_start_it(shop: Shop) -> None:
    shop.connect(api_url="http://127.0.0.1:1/shopify/acme")

    reading = shop.read()

    assert "acme/shop reads from the sandbox" in reading.failures[0]
    assert "timonel sandbox start" in reading.failures[0]


def test_a_connection_keeps_its_secrets_when_its_settings_change(shop: Shop) -> None:
    connection = shop.connect(secrets={"access_token": "kept-secret"})

    add_connection(shop.url, connection)

    assert shop.rows("select encrypted_secrets is not null from ops.connections") == [
        (True,)
    ]


def test_a_read_that_is_stopped_stops_its_programs_and_fails_no_connection(
    shop: Shop,
) -> None:
    shop.connect(waits=60)

    def stop(line: str) -> None:
        shop.log.append(line)
        if line == "orders: reading":
            os.kill(os.getpid(), signal.SIGINT)

    reader = SourceReader(shop.url, shop.settings, FAKE, "run", stop)
    # A tap that some test made in this process handles signals its own way.
    handled = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            reader.read(ACME, None)
    finally:
        signal.signal(signal.SIGINT, handled)

    assert "orders: reading" in shop.log
    # The tap did not go on to its own end.
    assert "orders: waited" not in shop.log
    assert shop.rows("select outcome from ops.connection_reads") == [("interrupted",)]
    assert shop.rows("select state from ops.connections") == [("untested",)]


class TestWhatCountsAsAChange:
    def test_reading_the_same_again_is_none(self, shop: Shop) -> None:
        shop.connect()
        shop.read()
        first = revisions(shop.url, "acme")
        shop.read()

        assert revisions(shop.url, "acme") == first == [("shopify", 1)]

    @pytest.mark.parametrize(
        "change",
        [
            {"orders": [*ORDERS, _NEW_ORDER]},
            {"days": [{**DAYS[0], "spend": 7}, *DAYS[1:]]},
            {"days": DAYS[1:]},
        ],
        ids=["an order", "a restated day", "a row that vanished"],
    )
    def test_anything_else_is_one(self, shop: Shop, change: dict[str, object]) -> None:
        shop.connect()
        shop.read()

        shop.holds(**change)
        shop.read()

        assert revisions(shop.url, "acme") == [("shopify", 2)]

    def test_a_killed_read_counts_as_one(self, shop: Shop) -> None:
        shop.connect()
        shop.read()
        shop.rows("update ops.source_landings set is_reading = true returning 1")
        shop.read()

        assert revisions(shop.url, "acme") == [("shopify", 2)]

    def test_a_first_read_cut_off_before_its_slices_is_a_failure_told(
        self, shop: Shop
    ) -> None:
        shop.connect(is_cut_off=True)

        (failure,) = shop.read().failures

        assert "shop" in failure
        exists = "select to_regclass('raw_shopify.' || %s) is not null"
        assert shop.rows(exists, "campaign_days") == [(True,)]
        assert shop.rows(exists, "slices") == [(False,)]
        assert _problems(shop) == []


class TestTheComparisonWithTheSource:
    def test_names_the_slice_that_lost_a_row(self, shop: Shop) -> None:
        shop.connect()
        shop.holds(missing=1)
        shop.read()

        assert _problems(shop) == [
            "campaign_days of a, 2026-01-01: 1 rows landed, 2 were read",
            "campaign_days of a, 2026-01-02: 0 rows landed, 1 were read",
        ]

    def test_names_a_total_that_differs(self, shop: Shop) -> None:
        shop.connect()
        shop.read()
        shop.rows(
            """update raw_shopify.campaign_days set spend = 4
            where date = '2026-01-02' returning 1"""
        )

        assert _problems(shop) == [
            "campaign_days of a, 2026-01-02: spend 4 landed, 3 was read"
        ]

    def test_names_a_total_the_source_contradicts(self, shop: Shop) -> None:
        shop.connect()
        shop.read()
        shop.rows(
            """update raw_shopify.slices set control_total = 3.5
            where date = '2026-01-02' returning 1"""
        )

        assert _problems(shop) == [
            "campaign_days of a, 2026-01-02: spend adds up to 3, the source says 3.5 "
            "of the whole"
        ]

    def test_allows_the_rounding_of_a_cent_per_row(self, shop: Shop) -> None:
        shop.connect()
        shop.read()
        shop.rows(
            """update raw_shopify.slices set control_total = total + 0.01
            returning 1"""
        )

        assert _problems(shop) == []

    def test_looks_only_at_what_landed_since_it_last_passed(self, shop: Shop) -> None:
        shop.connect()
        shop.holds(missing=1)
        shop.read()
        shop.holds()
        reading = shop.read(DateRange(date(2026, 1, 1), date(2026, 1, 1)))
        mark_verified(shop.url, "acme", FAKE, reading.started_at)

        since = verified_until(shop.url, "acme", FAKE)

        assert differences(shop.url, "acme", FAKE, since) == []
        assert len(_problems(shop)) == 1


def test_a_shop_in_another_currency_stops_the_run_and_says_why(shop: Shop) -> None:
    shop.connect()
    shop.read()
    with psycopg.connect(shop.url) as database:
        database.execute("set role loader")
        database.execute(
            "create table raw_shopify.shop (company_id text, currency_code text,"
            " myshopify_domain text)"
        )
        database.execute("insert into raw_shopify.shop values ('acme', 'CLP', 'x')")

    (failure,) = shop.read().failures

    assert "acme/shop: the shop's orders are in CLP" in failure
    assert "--currency CLP" in failure
    assert [each.state for each in list_statuses(shop.url)] == ["failing"]
    # Rates of others, or between others, convert nothing; either way round does.
    for company, pair, is_read in (
        ("bolt", ("CLP", "EUR"), False),
        ("acme", ("CLP", "USD"), False),
        ("acme", ("EUR", "clp"), True),
    ):
        with psycopg.connect(shop.url) as database:
            database.execute(
                "create schema if not exists raw_files authorization loader"
            )
            database.execute("set role loader")
            database.execute(
                "create table if not exists raw_files.currency_rates"
                " (company_id text, from_currency text, to_currency text)"
            )
            database.execute("grant usage on schema raw_files to transformer")
            database.execute("grant select on raw_files.currency_rates to transformer")
            database.execute(
                "insert into raw_files.currency_rates"
                " (company_id, from_currency, to_currency) values (%s, %s, %s)",
                (company, *pair),
            )
        assert (not shop.read().failures) is is_read


def test_a_shop_in_another_currency_is_read_with_the_rates_of_the_central_bank(
    shop: Shop,
) -> None:
    shop.connect()
    shop.read()

    def is_read(*told: tuple[str, str]) -> bool:
        with psycopg.connect(shop.url) as database:
            database.execute(
                "create schema if not exists raw_ecb_rates authorization loader"
            )
            database.execute("set role loader")
            for schema, table, columns in (
                ("raw_shopify", "shop", "currency_code text"),
                ("raw_ecb_rates", "rates", "currency text"),
            ):
                database.execute(
                    f"create table if not exists {schema}.{table}"
                    f" (company_id text, {columns})"
                )
            database.execute("grant usage on schema raw_ecb_rates to transformer")
            database.execute("grant select on raw_ecb_rates.rates to transformer")
            database.execute("delete from raw_shopify.shop")
            database.execute("insert into raw_shopify.shop values ('acme', 'CLP')")
            for row in told:
                database.execute(
                    "insert into raw_ecb_rates.rates (company_id, currency)"
                    " values (%s, %s)",
                    row,
                )
        return not shop.read().failures

    # Acme reports in euros, which have no rate of their own.
    assert not is_read(("bolt", "CLP"), ("acme", "USD"))
    assert is_read(("acme", "CLP"))
