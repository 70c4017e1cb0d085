"""What each destination reads: its columns, and how it wants identifiers written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestration.lib.core.spreadsheet_cells import text_cell

__all__ = ["LAYOUTS", "Contact", "Layout", "e164", "sha256"]

# E.164: a plus and at most 15 digits, the first of which is not 0 (ITU-T, 2010, 6.1).
_E164 = re.compile(r"\+[1-9]\d{6,14}")
# Zero in brackets is dialled at home only; in Italy it belongs to the number.
_ITALIAN = re.compile(r"\(?(\+|00)39\)?\(0\)")
_GOOGLE_MAIL = ("gmail.com", "googlemail.com")


@dataclass(frozen=True)
class Contact:
    """How one customer is reached; what is unknown is None.

    ``email`` is in lower case without blanks, ``phone`` as the source writes it, told
    only where its owner agreed to be written to there (``is_phone_open``), ``value``
    the predicted value over 12 months in the company's currency.
    """

    customer_id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    value: str
    is_phone_open: bool

    @property
    def number(self) -> str | None:
        """The telephone number with its country code, if it may be used."""
        return e164(self.phone) if self.is_phone_open else None


@dataclass(frozen=True)
class Layout:
    """A file that a destination imports.

    ``row`` gives the values of one contact in the order of ``columns``, or None when
    the destination could not reach that contact. ``typed`` are the columns whose text
    somebody typed, in files that people open in a spreadsheet. ``identity`` is by what
    the destination knows a contact it was given before, where it differs.
    """

    columns: tuple[str, ...]
    row: Callable[[Contact], tuple[str, ...] | None]
    typed: frozenset[str] = frozenset()
    identity: Callable[[Contact], tuple[str, ...] | None] | None = None

    def cells(self, row: Sequence[str]) -> list[str]:
        """The values of a row as a file holds them; a spreadsheet computes none."""
        return [
            text_cell(value) if column in self.typed else value
            for column, value in zip(self.columns, row, strict=True)
        ]


def e164(phone: str | None) -> str | None:
    """The number with its country code, without marks; None when it has no such code.

    Guessing the country would write to somebody else.
    """
    marked = re.sub(r"[\s./-]", "", phone or "")
    zero = "0" if _ITALIAN.match(marked) else ""
    bare = re.sub(r"[()]", "", marked.replace("(0)", zero, 1))
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    return bare if _E164.fullmatch(bare) else None


def sha256(text: str | None) -> str:
    """Hexadecimal digest of the text in UTF-8; nothing for nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _plain(contact: Contact) -> tuple[str, ...] | None:
    phone = contact.number
    if not (contact.email or phone):
        return None
    return (
        contact.customer_id,
        contact.email or "",
        phone or "",
        contact.first_name or "",
        contact.last_name or "",
        contact.value,
    )


def _klaviyo(contact: Contact) -> tuple[str, ...] | None:
    if not contact.email:
        return None
    return (
        contact.email,
        contact.first_name or "",
        contact.last_name or "",
        contact.customer_id,
        contact.value,
    )


def _meta(contact: Contact) -> tuple[str, ...] | None:
    phone = contact.number
    if not (contact.email or phone):
        return None
    return (
        sha256(contact.email),
        sha256(phone and phone.removeprefix("+")),
        sha256(_letters(contact.first_name)),
        sha256(_letters(contact.last_name)),
        contact.value,
    )


def _google(contact: Contact) -> tuple[str, ...] | None:
    phone = contact.number
    if not (contact.email or phone):
        return None
    return (sha256(_google_mail(contact.email)), sha256(phone))


def _whatsapp(contact: Contact) -> tuple[str, ...] | None:
    phone = contact.number
    return None if phone is None else (phone, contact.first_name or "")


def _shopify(contact: Contact) -> tuple[str, ...] | None:
    # The shop could not write to others either.
    return _shop_customer(contact) if contact.email or contact.number else None


def _shop_customer(contact: Contact) -> tuple[str, ...] | None:
    kind, _, number = contact.customer_id.partition("/")
    is_known = kind == "shopify" and number.isdigit()
    return (f"gid://shopify/Customer/{number}",) if is_known else None


def _letters(name: str | None) -> str:
    """A name in lower case without blanks and marks; accents stay."""
    return "".join(filter(str.isalpha, (name or "").lower()))


def _google_mail(email: str | None) -> str | None:
    if not email:
        return None
    local, _, domain = email.partition("@")
    return f"{local.replace('.', '')}@{domain}" if domain in _GOOGLE_MAIL else email


LAYOUTS: Mapping[str, Layout] = {
    "csv": Layout(
        (
            *("customer_id", "email", "phone", "first_name", "last_name"),
            "predicted_value_12m",
        ),
        _plain,
        frozenset({"customer_id", "email", "first_name", "last_name"}),
    ),
    # The first column is the address, the others become properties by their name:
    # help.klaviyo.com, 115005078967.
    "klaviyo": Layout(
        (
            *("Email", "First Name", "Last Name", "timonel_customer_id"),
            "timonel_predicted_value_12m",
        ),
        _klaviyo,
        frozenset({"Email", "First Name", "Last Name", "timonel_customer_id"}),
    ),
    # Digits only for phones, letters only for names, hashed: Marketing API, Customer
    # File Custom Audiences, Hashing and Normalizing Data.
    "meta": Layout(("email", "phone", "fn", "ln", "value"), _meta),
    # Names count only beside country and postcode, which are not known. Points before
    # gmail.com are left out before hashing: support.google.com/google-ads, 7659867.
    "google": Layout(("Email", "Phone"), _google),
    # Customers of the shop itself, by their id: no address leaves.
    "shopify": Layout(("id",), _shopify, identity=_shop_customer),
    # A number and the first variable of the template.
    "whatsapp": Layout(("phone", "first_name"), _whatsapp, frozenset({"first_name"})),
}
