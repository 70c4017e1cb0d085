"""Accounts of Stripe, HubSpot and files: one each, by a rule that is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.warehouse import Warehouse

_DAY = "2026-03-05 10:00+00"
CUSTOMERS: tuple[tuple[str | None, ...], ...] = (
    # Its id in the metadata; its domain; shared by strangers; nobody else's.
    ("cus_meta", "Meta Inc", "pay@meta.test", "own_meta", "ES"),
    ("cus_domain", "Dom Inc", "Ana@Domain.test", None, "ES"),
    ("cus_free", "Free", "ana@yahoo.com.mx", None, None),
    ("cus_alone", "Alone", "ana@alone.test", None, "CL"),
)
COMPANIES: tuple[tuple[str | None, ...], ...] = (
    ("1", "Alone of the CRM", "www.alone.test", None, "9"),
    ("2", "Domain of the CRM", None, "file_domain", None),
    ("3", "By its customer", None, "cus_meta", None),
    # Of no account; and two of one domain, which say nothing.
    ("4", "Prospect", "prospect.test", None, "9"),
    *((number, "Twin", "gmail.com", None, None) for number in ("5", "6")),
)


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    pair = warehouse.add_pair()
    filed = [
        {
            "account_id": "file_domain",
            "account_name": "Filed",
            "cs_manager": "Carla",
            "email_domain": "domain.test",
            "segment": "big",
        },
        {"account_id": "file_free", "email_domain": "yahoo.com.mx"},
    ]
    for company in (pair.acme, pair.bolt):
        rows = filed if company == pair.acme else filed[:1]
        warehouse.load(company, RawFile("a.csv", rows, contract="accounts"))
    for values in CUSTOMERS:
        warehouse.execute(
            f"""insert into raw_stripe.customers (company_id, id, name, email,
            account_id, country_code, created_at, _sdc_batched_at)
            values (%s, %s, %s, %s, %s, %s, '{_DAY}', '{_DAY}')""",
            (pair.acme, *values),
        )
    for values in COMPANIES:
        warehouse.execute(
            f"""insert into raw_hubspot.companies (company_id, id, name, domain,
            account_id, owner_id, created_at, _sdc_batched_at)
            values (%s, %s, %s, %s, %s, %s, '{_DAY}', '{_DAY}')""",
            (pair.acme, *values),
        )
    warehouse.execute(
        f"""insert into raw_hubspot.owners (company_id, id, first_name, last_name,
        _sdc_batched_at) values (%s, '9', 'Ana', 'Paz', '{_DAY}')""",
        [pair.acme],
    )
    # Of an account by its domain, by its id, and of none.
    for values in (
        ("z1", None, '["domain.test"]'),
        ("z2", "own_meta", "[]"),
        ("z3", None, '["stranger.test"]'),
    ):
        warehouse.execute(
            f"""insert into raw_zendesk.organizations (company_id, id, account_id,
            domains, _sdc_batched_at) values (%s, %s, %s, %s, '{_DAY}')""",
            (pair.acme, *values),
        )
    warehouse.execute(
        f"""insert into raw_intercom.companies (company_id, id, account_id,
        _sdc_batched_at) values (%s, 'i1', 'nobody', '{_DAY}')""",
        [pair.acme],
    )
    warehouse.build(pair.acme, pair.bolt, only=["accounts", "account_records"])
    query = "select * from {} where company_id = %s"
    return {
        name: {
            "accounts": {
                row["account_id"]: row
                for row in warehouse.rows(query.format("marts.accounts"), [company])
            },
            "records": {
                row["record_id"]: (row["account_id"], row["matched_how"])
                for row in warehouse.rows(
                    query.format("reporting.account_matches"), [company]
                )
            },
            "merged": {
                row["merged_account_id"]: row["account_id"]
                for row in warehouse.rows(
                    query.format("intermediate.int_accounts_merged"), [company]
                )
            },
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_an_account_is_found_by_its_id_else_by_a_domain_of_one_only(
    told: dict[str, dict[str, Any]],
) -> None:
    assert told["acme"]["records"] == {
        "cus_meta": ("own_meta", "account_id"),
        "cus_domain": ("file_domain", "email_domain"),
        "cus_free": ("cus_free", "alone"),
        "cus_alone": ("cus_alone", "alone"),
        "1": ("cus_alone", "email_domain"),
        "2": ("file_domain", "account_id"),
        "3": ("own_meta", "account_id"),
        "z1": ("file_domain", "email_domain"),
        "z2": ("own_meta", "account_id"),
        **dict.fromkeys(("4", "5", "6", "z3", "i1"), (None, "unmatched")),
    }
    # What Stripe bills counts for the account it is.
    assert told["acme"]["merged"] == {
        "cus_meta": "own_meta",
        "cus_domain": "file_domain",
    }


def test_the_crm_names_an_account_before_files_and_stripe(
    told: dict[str, dict[str, Any]],
) -> None:
    accounts = told["acme"]["accounts"]

    assert {key: row["account_name"] for key, row in accounts.items()} == {
        "own_meta": "By its customer",
        "file_domain": "Domain of the CRM",
        "cus_alone": "Alone of the CRM",
        "cus_free": "Free",
        "file_free": None,
    }
    assert accounts["cus_alone"]["cs_manager"] == "Ana Paz"
    assert accounts["cus_alone"]["signed_up_date"] == date(2026, 3, 5)
    # Nobody of the CRM looks after it: who the file says.
    assert accounts["file_domain"]["cs_manager"] == "Carla"
    assert accounts["file_domain"]["country_code"] == "ES"


def test_nothing_of_it_is_another_companys(told: dict[str, dict[str, Any]]) -> None:
    (account,) = told["bolt"]["accounts"].values()
    assert (account["account_name"], account["country_code"]) == ("Filed", None)
    assert told["bolt"]["records"] == told["bolt"]["merged"] == {}
