"""What each source answers when every value has a number of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.taps.numbered import Numbered
from tests.taps.tap_shopify.orders import (
    agreement,
    bag,
    checkout,
    customer,
    discount,
    gid,
    line,
    order,
    refund,
    sale,
    transaction,
    visit,
)
from tests.taps.tap_shopify.shop import Shop

__all__ = ["answer", "config", "stock"]

_AT = "2026-11-01T09:20:00Z"
_DAY = "2026-11-20"
_ZONE = "Europe/Madrid"
_GRANT = {"client_id": "id", "client_secret": "secret", "refresh_token": "refresh"}
_SPAN = {"start_date": _DAY, "end_date": _DAY}

# Of all that Google Ads is asked for; what stays as it is, is read on by.
_GOOGLE_KEPT = {
    "segments.date": _DAY,
    "segments.month": "2026-11-01",
    "customer.manager": False,
    "customer.time_zone": _ZONE,
}
_GOOGLE_TEXTS = ("name", "status", "type", "category", "code")


def config(tap: str, numbered: Numbered, folder: Path) -> dict[str, Any]:
    """The settings a tap reads everything with."""
    if tap == "tap-shopify":
        return {
            "shop": "tienda-norte",
            "access_token": "shpat_good",
            "deleted_orders_days": 30,
        }
    if tap == "tap-weather":
        place = {
            "location_id": numbered.keep("location_id", "centre"),
            "name": numbered.keep("name", "The centre"),
            "latitude": numbered.keep("latitude", 40.4),
            "longitude": numbered.keep("longitude", -3.7),
            "time_zone": numbered.keep("time_zone", _ZONE),
        }
        return {"locations": [place], **_SPAN}
    if tap == "tap-calendar":
        return _calendar(numbered, folder)
    if tap == "tap-meta-ads":
        windows = [numbered.keep("the window asked for", "7d_click")]
        once = {"attribution_windows": windows, "poll_seconds": 0.001}
        return {"access_token": "token", **once, **_SPAN}
    return {**_GRANT, **_SPAN} | (
        {"brand_terms": [numbered.keep("brand_terms", "acme")]}
        if tap == "tap-search-console"
        else {"login_customer_id": numbered.keep("login_customer_id", "1234567890")}
    )


def _calendar(numbered: Numbered, folder: Path) -> dict[str, Any]:
    event = folder / "events.csv"
    event.write_text("date,name,kind\n2026-03-01,Our Sale,promotion\n")
    for place, value in {
        "calendar": "ES",
        "year": 2026,
        "day": "2026-12-25",
        "name in Spanish": "Natividad del Señor",
        "name in English": "Christmas Day",
        "category": "public",
        "observed on another day": False,
        "calendar of the company": "company",
        "file.date": "2026-03-01",
        "file.name": "Our Sale",
        "file.name, as an id": "our_sale",
        "file.kind": "promotion",
        "file": "events.csv",
    }.items():
        numbered.keep(place, value)
    return {
        "calendars": ["ES"],
        "events_file": str(event),
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
    }


def answer(
    tap: str, numbered: Numbered, method: str, url: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    """What a source answers to one request."""
    if tap == "tap-meta-ads":
        return _meta(numbered, method, url, options.get("params", options.get("data")))
    if tap == "tap-google-ads":
        return _google(numbered, options["json"]["query"])
    if tap == "tap-search-console":
        return _search(numbered, options.get("json"))
    return _weather(numbered, options["params"])


def _meta(
    numbered: Numbered, method: str, url: str, asked: Mapping[str, Any]
) -> dict[str, Any]:
    *_, owner, edge = url.split("/")
    if edge == "adaccounts":
        return {"data": [_meta_account(numbered)]}
    if edge in {"campaigns", "adsets", "ads"}:
        moments = {"created_time": _AT, "updated_time": _AT}
        names = asked["fields"].split(",")
        row = {name: moments.get(name, "text") for name in names}
        return {"data": [numbered.fill(row)]}
    if asked.get("time_increment") == "monthly":
        return {"data": [{"date_start": "2026-11-01"}]}
    if method == "POST":
        # The id of a run tells what it was asked for.
        asked_for = (asked["fields"], asked.get("breakdowns", "").strip())
        return {"report_run_id": f"run {','.join(filter(None, asked_for))}"}
    if edge.startswith("run "):
        return {"async_status": "Job Completed", "async_percent_completion": 100}
    columns = (
        owner.removeprefix("run ") if owner.startswith("run ") else asked["fields"]
    )
    return _meta_report(numbered, columns.split(","))


def _meta_account(numbered: Numbered) -> dict[str, Any]:
    numbered.keep("account_status", "DISABLED")
    return {
        **numbered.fill({"account_id": "1", "name": "text", "currency": "text"}),
        "timezone_name": numbered.keep("timezone_name", _ZONE),
        "account_status": 2,
    }


def _meta_report(numbered: Numbered, names: Sequence[str]) -> dict[str, Any]:
    row = {
        name: "1" if name in _META_FIGURES else "text"
        for name in names
        if not name.startswith(("date_", "action"))
    }
    found = numbered.fill(row)
    for name in ("date_start", "date_stop"):
        found[name] = numbered.keep("date_start", _DAY)
    for name in ("actions", "action_values"):
        if name in names:
            number = str(numbered.number(f"{name}.7d_click"))
            kind = numbered.keep("action_type", "purchase")
            found[name] = [{"action_type": kind, "7d_click": number}]
    return {"data": [found]}


_META_FIGURES = ("spend", "impressions", "clicks", "inline_link_clicks", "reach")


def _google(numbered: Numbered, query: str) -> dict[str, Any]:
    found = re.match(r"SELECT (.+?) FROM", query)
    assert found
    result: dict[str, Any] = {}
    for field in found[1].split(", "):
        *parents, leaf = map(_camel, field.split("."))
        inner = result
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[leaf] = _google_value(numbered, field)
    return {"results": [result]}


def _google_value(numbered: Numbered, field: str) -> Any:
    # An account is told alike by itself and by its manager.
    field = field.replace("customer_client.", "customer.")
    if field in _GOOGLE_KEPT:
        return numbered.keep(field, _GOOGLE_KEPT[field])
    if field == "metrics.cost_micros":
        micros = numbered.number(field)
        numbered.keep(f"{field} / 1,000,000", Decimal(micros).scaleb(-6))
        return str(micros)
    if field == "customer.test_account":
        return numbered.flag(field)
    if field == "segments.conversion_action":
        return f"customers/1/conversionActions/{numbered.number(field)}"
    if field.endswith("lookback_window_days"):
        # Thirty days at most are an ordinary setting.
        return str(numbered.keep(field, 27))
    return numbered.fill("text" if field.endswith(_GOOGLE_TEXTS) else "1", place=field)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _search(numbered: Numbered, asked: Mapping[str, Any] | None) -> dict[str, Any]:
    numbered.keep("a web property", "url_prefix")
    numbered.keep("type", "web")
    numbered.keep("Pacific time", "America/Los_Angeles")
    site = numbered.keep("siteUrl", "https://www.acme.example/")
    if asked is None:
        level = numbered.keep("permissionLevel", "siteOwner")
        return {"siteEntry": [{"siteUrl": site, "permissionLevel": level}]}
    if asked["startDate"] != asked["endDate"]:
        return {"metadata": {"first_incomplete_date": "2026-11-21"}}
    numbered.keep("brand in the query", value=True)
    numbered.keep("finished counting", value=True)
    numbered.keep("days of too many impressions", value=False)
    numbered.keep("date", _DAY)
    dimensions = asked["dimensions"][1:]
    keys = [
        f"{numbered.fill('text', place=f'keys.{name}')} acme" for name in dimensions
    ]
    for name, key in zip(dimensions, keys, strict=True):
        numbered.keep(f"keys.{name}", key)
    metrics = {"clicks": 1, "impressions": 1, "position": 1}
    return {"rows": [{"keys": [_DAY, *keys], **numbered.fill(metrics)}]}


def _weather(numbered: Numbered, asked: Mapping[str, Any]) -> dict[str, Any]:
    first, last = date.fromisoformat(_DAY), date.fromisoformat(_DAY)
    if "past_days" in asked:
        last += timedelta(days=1)
        first = last - timedelta(days=int(asked["past_days"]))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    numbered.keep("daily.time", _DAY)
    numbered.keep("daily.sunshine_duration", 10)
    numbered.keep("from the archive", value=True)
    daily = numbered.fill({"temperature_2m_mean": 1, "precipitation_sum": 1})
    told = {"sunshine_duration": 36_000} | daily
    units = {"temperature_2m_mean": "°C", "precipitation_sum": "mm"}
    return {
        "daily_units": units | {"sunshine_duration": "s"},
        "daily": {
            "time": [day.isoformat() for day in days],
            **{name: [value] * len(days) for name, value in told.items()},
        },
    }


def stock(shop: Shop, numbered: Numbered) -> None:
    """A shop with one of everything, nothing in it null."""
    shop.scopes.append("read_reports")
    shop.orders = [_order(numbered)]
    shop.customers = [numbered.fill(_customer())]
    left = checkout(1, lines=1)
    left |= {"completedAt": _AT, "discountCodes": ["text"]}
    email = {"emailAddress": "text", "marketingState": "text"}
    left["customer"] = {"id": gid("Customer", 1), "defaultEmailAddress": email}
    shop.checkouts = [numbered.fill(left)]
    shop.discounts = [_discount(numbered)]
    for place, value in {
        "createdAt, the shop's day": "2026-11-01",
        "lines counted": 1,
        "orders counted": 1,
        "sales.total_sales": 60,
        "sales.net_sales": 50,
        "money moved": True,
        "the visit's role": "first",
        "shop.id": 1,
        "shop.name": "Tienda Norte",
        "shop.myshopifyDomain": "tienda-norte.myshopify.com",
        "shop.currencyCode": "EUR",
        "shop.ianaTimezone": _ZONE,
        "shop.plan": "Basic",
        "version": shop.served_version,
    }.items():
        numbered.keep(place, value)
    for scope in shop.scopes:
        numbered.keep("scopes", scope)


def _order(numbered: Numbered) -> dict[str, Any]:
    whole = order(
        1,
        cancelledAt=_AT,
        cancelReason="text",
        customerJourneySummary=_journey(),
        lineItems=[_line()],
        agreements=[agreement(1, _AT, [sale(1)])],
        transactions=[
            transaction(1) | {"parentTransaction": {"id": gid("OrderTransaction", 2)}}
        ],
        refunds=[],
    )
    money_back = refund(1)
    paid = money_back.pop("transactions")
    found: dict[str, Any] = numbered.fill(whole)
    units = numbered.number("lineItems.quantity")
    price = numbered.number("lineItems.originalUnitPriceSet.shopMoney.amount")
    off = numbered.number(
        "lineItems.discountAllocations.allocatedAmountSet.shopMoney.amount"
    )
    numbered.keep("lineItems: quantity x price - discounts", units * price - off)
    back: dict[str, Any] = numbered.fill(money_back, place="refunds")
    # What says that money moved is looked for by name.
    found["refunds"] = [back | {"transactions": paid}]
    return found


def _line() -> dict[str, Any]:
    share = {"allocatedAmountSet": bag("1.0")}
    variant = {"id": gid("ProductVariant", 1)}
    return line(1) | {"variant": variant, "discountAllocations": [share]}


def _journey() -> dict[str, Any]:
    seen = visit(1) | {"referralCode": "text"}
    seen["utmParameters"] = dict.fromkeys(seen["utmParameters"], "text")
    return {
        "ready": True,
        "customerOrderIndex": 1,
        "daysToConversion": 1,
        "momentsCount": {"count": 1},
        "firstVisit": seen,
        "lastVisit": None,
    }


def _customer() -> dict[str, Any]:
    phone = {"phoneNumber": "text", "marketingState": "text"}
    return customer(1) | {
        "lastName": "text",
        "tags": ["text"],
        "defaultPhoneNumber": phone,
    }


def _discount(numbered: Numbered) -> dict[str, Any]:
    """An amount in one reading, a share in the others: a discount is never both."""
    whole = discount(1)
    code = whole["codeDiscount"]
    code |= {"endsAt": _AT, "usageLimit": 1}
    if numbered.reading == 0:
        amount = {"amount": "1", "currencyCode": "text"}
        code["customerGets"]["value"] = {
            "__typename": "DiscountAmount",
            "amount": amount,
        }
    filled: dict[str, Any] = numbered.fill(whole)
    return filled
