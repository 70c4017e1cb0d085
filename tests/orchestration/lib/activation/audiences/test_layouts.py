"""What each destination is given, character by character."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from orchestration.lib.activation.audiences.layouts import LAYOUTS, Contact, e164

ZOE = Contact(
    "shopify/1",
    "zoe.perez@gmail.com",
    "+34 600-00 00 01",
    "Zoë",
    "Pérez-Gil",
    "12.50",
    True,
)
NOBODY = Contact("shopify/2", None, "600 000 001", None, None, "", True)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("+34 600-00 00 01", "+34600000001"),
        ("0034 600000001", "+34600000001"),
        ("+56 (9) 8765.4321", "+56987654321"),
        # Zero is dialled at home only, but for Italy, where it is part of the number.
        ("+34 (0)600 000 001", "+34600000001"),
        ("0044 (0) 20 7946 0000", "+442079460000"),
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("(0039) (0)6 1234 5678", "+390612345678"),
        ("(0034) 600000001", "+34600000001"),
        ("(0)600 000 001", None),
        # Whose country nobody told, too short, not a number.
        ("600 000 001", None),
        ("+34 1", None),
        ("+0600000001", None),
        ("call me", None),
        (None, None),
    ],
)
def test_a_number_without_its_country_is_none(
    phone: str | None, number: str | None
) -> None:
    assert e164(phone) == number


def test_meta_reads_hashes_of_bare_letters_and_digits() -> None:
    assert LAYOUTS["meta"].columns == ("email", "phone", "fn", "ln", "value")
    assert LAYOUTS["meta"].row(ZOE) == (
        hashed("zoe.perez@gmail.com"),
        hashed("34600000001"),
        hashed("zoë"),
        hashed("pérezgil"),
        "12.50",
    )


def test_google_reads_hashes_of_addresses_without_points() -> None:
    assert LAYOUTS["google"].columns == ("Email", "Phone")
    assert LAYOUTS["google"].row(ZOE) == (
        hashed("zoeperez@gmail.com"),
        hashed("+34600000001"),
    )
    other = Contact("1", "zoe.perez@example.com", None, None, None, "", False)
    assert LAYOUTS["google"].row(other) == (hashed("zoe.perez@example.com"), "")


def test_klaviyo_reads_the_address_first_and_properties_by_name() -> None:
    assert LAYOUTS["klaviyo"].columns[0] == "Email"
    assert LAYOUTS["klaviyo"].row(ZOE) == (
        "zoe.perez@gmail.com",
        "Zoë",
        "Pérez-Gil",
        "shopify/1",
        "12.50",
    )


def test_whatsapp_reads_a_number_and_a_name() -> None:
    assert LAYOUTS["whatsapp"].row(ZOE) == ("+34600000001", "Zoë")


@pytest.mark.parametrize("destination", LAYOUTS)
def test_a_number_that_nobody_agreed_to_be_written_to_on_is_told_nowhere(
    destination: str,
) -> None:
    layout = LAYOUTS[destination]
    mail_only = replace(ZOE, is_phone_open=False)

    assert layout.row(replace(mail_only, email=None)) is None
    row = layout.row(mail_only)
    if destination == "whatsapp":
        assert row is None
        return
    assert row is not None
    told = dict(zip(map(str.lower, layout.columns), row, strict=True))
    assert told.get("phone", "") == ""
    assert not any("600000001" in value for value in row)


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_what_somebody_typed_is_text_in_a_file_for_people(typed: str) -> None:
    contact = replace(
        ZOE, customer_id=typed, email=typed, first_name=typed, last_name=typed
    )
    for destination, count in (("csv", 4), ("klaviyo", 4), ("whatsapp", 1)):
        layout = LAYOUTS[destination]
        row = layout.row(contact)
        assert row is not None
        cells = layout.cells(row)
        assert cells.count(f"'{typed}") == count
        assert typed not in cells
    row = LAYOUTS["csv"].row(ZOE)
    assert row is not None
    assert tuple(LAYOUTS["csv"].cells(row)) == row
    hashes = LAYOUTS["meta"].row(contact)
    assert hashes is not None
    assert tuple(LAYOUTS["meta"].cells(hashes)) == hashes


@pytest.mark.parametrize("destination", LAYOUTS)
def test_who_cannot_be_reached_is_left_out(destination: str) -> None:
    assert LAYOUTS[destination].row(NOBODY) is None


@pytest.mark.parametrize("destination", LAYOUTS)
def test_every_row_has_a_value_for_each_column(destination: str) -> None:
    row = LAYOUTS[destination].row(ZOE)
    assert row is not None
    assert len(row) == len(LAYOUTS[destination].columns)
