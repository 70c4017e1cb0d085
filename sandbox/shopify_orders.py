"""Orders in the columns and formats of Shopify's own orders export.

One row per line item. The order's own fields stand on its first row only; the
others repeat its name, e-mail, creation time and vendor. Newest order first.
"""

import csv
import io
import unicodedata
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from sandbox.catalogue import (
    CITIES,
    DISCOUNT_CODES,
    FIRST_NAMES,
    LAST_NAMES,
    PRODUCTS,
    Product,
)
from sandbox.tienda_norte import Order

__all__ = ["COLUMNS", "email_of", "orders_csv"]

_ADDRESS: Final = (
    "Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province",
    "Country", "Phone",
)  # fmt: skip

COLUMNS: Final = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status",
    "Fulfilled at", "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes",
    "Total", "Discount Code", "Discount Amount", "Shipping Method", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price",
    "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping",
    "Lineitem taxable", "Lineitem fulfillment status",
    *(f"Billing {field}" for field in _ADDRESS),
    *(f"Shipping {field}" for field in _ADDRESS),
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference",
    "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location",
    "Device ID", "Id", "Tags", "Risk Level", "Source", "Lineitem discount",
    *(f"Tax {n} {part}" for n in range(1, 6) for part in ("Name", "Value")),
    "Phone", "Receipt Number", "Duties", "Billing Province Name",
    "Shipping Province Name", "Payment ID", "Payment Terms Name",
    "Next Payment Due At", "Payment References",
)  # fmt: skip

_FIRST_ID: Final = 5_550_000_000_000
_VAT: Final = 21
_UNEVEN_EMAIL: Final = 0.05
_MOST_LINES: Final = 4


def orders_csv(orders: list[Order]) -> str:
    """The export's text, newest order first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for order in reversed(orders):
        writer.writerows(_rows(order))
    return text.getvalue()


def email_of(customer: int) -> str:
    """The customer's address at example.com, which nobody can receive mail at."""
    first, last = _name_of(customer)
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower())
    return f"{plain.encode('ascii', 'ignore').decode()}.{customer}@example.com"


def _rows(order: Order) -> list[dict[str, str]]:
    rng = np.random.default_rng(order.seed)
    email = (
        _as_typed(email_of(order.customer), rng) if order.customer is not None else ""
    )
    every_row = {
        "Name": f"#{order.number}",
        "Email": email,
        "Created at": _moment(order.created_at),
    }
    lines = [every_row | line for line in _lines(order, rng)]
    lines[0] |= _order_fields(order, rng) | _addresses(order, rng)
    return lines


def _as_typed(email: str, rng: np.random.Generator) -> str:
    """People do not write their address the same way every time."""
    draw = rng.random()
    if draw > _UNEVEN_EMAIL:
        return email
    return email.upper() if draw < _UNEVEN_EMAIL / 2 else f"{email.capitalize()} "


def _lines(order: Order, rng: np.random.Generator) -> list[dict[str, str]]:
    """Line items that add up to the order's items; no product twice."""
    count = min(int(rng.integers(1, _MOST_LINES + 1)), order.items)
    cuts = sorted(rng.choice(order.items - 1, count - 1, replace=False) + 1)
    amounts = np.diff([0, *cuts, order.items]).tolist()
    products = rng.choice(len(PRODUCTS), count, replace=False).tolist()
    return [
        _line(PRODUCTS[product], amount, order)
        for product, amount in zip(products, amounts, strict=True)
    ]


def _line(product: Product, cents: int, order: Order) -> dict[str, str]:
    quantity = 2 if cents % 2 == 0 and cents > 2_000 else 1
    return {
        "Lineitem quantity": str(quantity),
        "Lineitem name": product.name,
        "Lineitem price": _money(cents // quantity),
        "Lineitem sku": product.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled" if order.is_fulfilled else "pending",
        "Lineitem discount": _money(0),
        "Vendor": product.vendor,
    }


def _order_fields(order: Order, rng: np.random.Generator) -> dict[str, str]:
    status = _financial_status(order)
    was_paid = status not in {"pending", "voided"}
    paid_at = order.created_at + timedelta(seconds=int(rng.integers(5, 90)))
    sent_at = order.created_at + timedelta(hours=int(rng.integers(6, 30)))
    cancelled_at = order.created_at + timedelta(hours=int(rng.integers(1, 20)))
    code = DISCOUNT_CODES[order.seed % len(DISCOUNT_CODES)]
    reference = f"r{order.seed:010d}.1"
    # Spanish prices include VAT: Taxes is the part of Total that is tax.
    tax = _money(round(order.total * _VAT / (100 + _VAT)))
    return {
        "Financial Status": status,
        "Paid at": _moment(paid_at) if was_paid else "",
        "Fulfillment Status": "fulfilled" if order.is_fulfilled else "unfulfilled",
        "Fulfilled at": _moment(sent_at) if order.is_fulfilled else "",
        "Accepts Marketing": "yes" if order.seed % 3 == 0 else "no",
        "Currency": "EUR",
        "Subtotal": _money(order.total - order.shipping),
        "Shipping": _money(order.shipping),
        "Taxes": tax,
        "Total": _money(order.total),
        "Discount Code": code if order.discount else "",
        "Discount Amount": _money(order.discount),
        "Shipping Method": "Correos 48h" if order.shipping else "Envío gratuito",
        "Cancelled at": _moment(cancelled_at) if order.kind == "cancelled" else "",
        "Payment Method": "Shopify Payments" if order.seed % 4 else "PayPal",
        "Payment Reference": reference,
        "Refunded Amount": _money(order.refund),
        "Outstanding Balance": _money(order.total if status == "pending" else 0),
        "Id": str(_FIRST_ID + order.number),
        "Risk Level": "Low",
        "Source": "web",
        "Tax 1 Name": f"IVA {_VAT}%",
        "Tax 1 Value": tax,
        "Payment ID": reference,
        "Payment References": reference,
    }


def _financial_status(order: Order) -> str:
    if order.kind == "cancelled":
        return "refunded" if order.refund else "voided"
    if order.kind in {"refunded", "voided", "pending"}:
        return order.kind
    return "partially_refunded" if order.refund else "paid"


def _addresses(order: Order, rng: np.random.Generator) -> dict[str, str]:
    """Where it went. Shopify puts an apostrophe before zip codes, for spreadsheets."""
    who = order.customer if order.customer is not None else int(rng.integers(10**6))
    city = CITIES[who % len(CITIES)]
    street = f"Calle Mayor {who % 90 + 1}"
    address = {
        "Name": " ".join(_name_of(who)),
        "Street": street,
        "Address1": street,
        "City": city.name,
        "Zip": f"'{city.zip_code}",
        "Province": city.province_code,
        "Country": "ES",
    }
    both = {
        f"{role} {field}": value
        for role in ("Billing", "Shipping")
        for field, value in address.items()
    }
    return both | {
        "Billing Province Name": city.province,
        "Shipping Province Name": city.province,
    }


def _name_of(customer: int) -> tuple[str, str]:
    return (
        FIRST_NAMES[customer % len(FIRST_NAMES)],
        LAST_NAMES[customer // len(FIRST_NAMES) % len(LAST_NAMES)],
    )


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S %z")


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
