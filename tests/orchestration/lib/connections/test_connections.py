"""Which connections may stand beside each other."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.lib.connections.connections import (
    Connection,
    ConnectionTaken,
    add_connection,
    check_is_free,
)
from orchestration.lib.tenancy.companies import Company, add_company


def shop(
    name: str, connection_id: str = "shopify", company: str = "acme"
) -> Connection:
    return Connection(company, connection_id, "shopify", {"shop": name})


@pytest.fixture
def url(database_url: str) -> str:
    for company_id in ("acme", "other"):
        add_company(database_url, Company(company_id, company_id, "EUR", "UTC"))
    return database_url


def test_a_company_is_one_shop(url: str) -> None:
    add_connection(url, shop("madrid"))
    with pytest.raises(ConnectionTaken, match=r"already has the shop 'madrid'.*lisbon"):
        check_is_free(url, shop("lisbon", "second"))


def test_the_same_shop_may_be_connected_again(url: str) -> None:
    add_connection(url, shop("madrid"))
    check_is_free(url, shop("madrid"))
    check_is_free(url, shop("madrid.myshopify.com", "again"))


def test_a_mistyped_shop_that_was_never_read_can_be_put_right(url: str) -> None:
    add_connection(url, shop("madird"))
    check_is_free(url, shop("madrid"))


def test_a_shop_whose_orders_are_there_cannot_be_exchanged(url: str) -> None:
    with psycopg.connect(url) as database:
        database.execute("set role loader")
        database.execute("create schema raw_shopify")
        database.execute(
            "create table raw_shopify.shop (company_id text, myshopify_domain text)"
        )
        database.execute(
            "insert into raw_shopify.shop values ('acme', 'madrid.myshopify.com')"
        )
    with pytest.raises(ConnectionTaken, match="madrid"):
        check_is_free(url, shop("lisbon"))
    check_is_free(url, shop("lisbon", company="other"))
