"""Companies are added once, with settings that mean something."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from orchestration.lib.tenancy.companies import (
    Company,
    InvalidCompany,
    UnknownCompany,
    add_company,
    list_companies,
    load_company,
    slug,
)

_ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")


def test_adding_a_company_twice_changes_nothing(database_url: str) -> None:
    assert add_company(database_url, _ACME)
    assert not add_company(database_url, _ACME)

    assert list_companies(database_url) == [_ACME]


def test_an_id_is_not_reused_with_other_settings(database_url: str) -> None:
    add_company(database_url, _ACME)

    with pytest.raises(InvalidCompany, match="other settings"):
        add_company(database_url, Company("acme", "Acme", "CLP", "America/Santiago"))


@pytest.mark.parametrize(
    ("company", "complaint"),
    [
        (Company("Acme SA", "x", "EUR", "UTC"), "such as 'acme_sa'"),
        (Company("acme'; drop", "x", "EUR", "UTC"), "company id"),
        (Company("acme\n", "x", "EUR", "UTC"), r"'acme\\n' cannot be a company id"),
        (Company("reader", "x", "EUR", "UTC"), "group of all readers"),
        (Company("acme", "x", "EURO", "UTC"), "ISO 4217"),
        (Company("acme", "x", "EUR", "Madrid"), "IANA"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    database_url: str, company: Company, complaint: str
) -> None:
    with pytest.raises(InvalidCompany, match=complaint):
        add_company(database_url, company)


def test_an_unknown_company_is_named_with_those_that_exist(database_url: str) -> None:
    add_company(database_url, _ACME)

    with pytest.raises(UnknownCompany, match=r"'bolt'.*acme.*company add bolt"):
        load_company(database_url, "bolt")


def test_a_reader_cannot_log_in_before_a_password_is_set(database_url: str) -> None:
    add_company(database_url, _ACME)
    location = database_url.split("@")[1]

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://bi_acme@{location}")


@pytest.mark.parametrize(
    ("name", "company_id"),
    [
        ("Tienda Ñandú", "tienda_nandu"),
        ("orders_export (1)", "orders_export_1"),
        ("2024 orders", "c_2024_orders"),
        ("x" * 60, "x" * 40),
    ],
)
def test_any_name_makes_a_company_id(name: str, company_id: str) -> None:
    assert slug(name) == company_id


def test_the_last_complete_day_is_that_of_the_company() -> None:
    santiago = Company("a", "a", "CLP", "America/Santiago")
    auckland = Company("b", "b", "NZD", "Pacific/Auckland")
    now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)

    assert santiago.last_complete_day(now) == date(2026, 11, 19)
    assert auckland.last_complete_day(now) == date(2026, 11, 20)
