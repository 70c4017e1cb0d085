"""Where a source and the company's own settings do not fit together."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.lib.connections.connection_checks import disagreements
from orchestration.lib.connections.connections import Connection
from orchestration.lib.tenancy.companies import Company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")


def told(source: str, **seen: Any) -> list[str]:
    return list(disagreements(ACME, Connection("acme", source, source, {}), seen))


@pytest.mark.parametrize("source", ["shopify", "meta_ads", "google_ads"])
def test_another_currency_and_another_zone_are_warned_of(source: str) -> None:
    currency, zone = told(source, currency_code="CLP", time_zone="America/Santiago")
    assert "kept in CLP and acme reports in EUR" in currency
    assert "(date,from_currency,to_currency,rate)" in currency
    assert "timonel connect ecb-rates" in currency
    assert ("--currency CLP" in currency) is (source == "shopify")
    assert "America/Santiago" in zone


@pytest.mark.parametrize("source", ["meta_ads", "google_ads"])
def test_each_of_several_accounts_is_held_against_the_company(source: str) -> None:
    seen = {
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "currency_codes": ["EUR", "USD"],
        "time_zones": ["America/New_York", "Europe/Madrid"],
    }
    currency, zone = told(source, **seen)
    assert "kept in USD" in currency
    assert "America/New_York" in zone


def test_search_consoles_days_are_always_those_of_the_pacific() -> None:
    assert told("search_console", time_zone="America/Los_Angeles") == []
