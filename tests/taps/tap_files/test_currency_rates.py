"""A file of currency rates is recognised, and its rates keep their digits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import RunTap


def test_rates_are_read_with_all_their_digits(read_text: RunTap) -> None:
    run = read_text(
        "date,base,quote,rate\n"
        "2024-01-05,clp,EUR,0.00103456789\n2024-01-05,EUR,CLP,966.59\n",
        name="rates.csv",
    )

    small, large = run.records("currency_rates")
    assert (small["from_currency"], small["to_currency"]) == ("CLP", "EUR")
    assert small["rate"] == Decimal("0.00103456789")
    assert (large["rate_date"], large["rate"]) == ("2024-01-05", Decimal("966.59"))


@pytest.mark.parametrize(
    "header", ["date,from,to,rate", "date,from_currency,to_currency,rate"]
)
def test_the_headers_that_the_readme_and_the_runbook_name_are_understood(
    read_text: RunTap, header: str
) -> None:
    run = read_text(f"{header}\n2024-01-05,USD,EUR,0.91\n", name="rates.csv")

    (row,) = run.records("currency_rates")
    assert (row["from_currency"], row["to_currency"]) == ("USD", "EUR")


def test_headers_in_spanish_and_decimal_commas_are_understood(
    read_text: RunTap,
) -> None:
    run = read_text(
        "Fecha;Moneda origen;Moneda destino;Tipo de cambio\n"
        "31/01/2024;USD;CLP;932,66\n",
        name="dolar.csv",
    )

    (row,) = run.records("currency_rates")
    assert (row["rate_date"], row["rate"]) == ("2024-01-31", Decimal("932.66"))


def test_what_is_no_rate_goes_to_quarantine(read_text: RunTap) -> None:
    run = read_text(
        "date,from_currency,to_currency,rate\n"
        "2024-01-05,USD,CLP,0\n2024-01-05,USD,USD,1\n2024-01-05,USD,CHILE,9\n"
        "2024-01-05,,CLP,9\n2024-01-05,USD,CLP,\n",
        name="rates.csv",
    )

    assert run.records("currency_rates") == []
    assert run.rejects == {
        "rates.csv line 2": "the rate is not positive",
        "rates.csv line 3": "a currency has no rate to itself",
        "rates.csv line 4": "the currency is not an ISO 4217 code",
        "rates.csv line 5": "from_currency is missing",
        "rates.csv line 6": "rate is missing",
    }
