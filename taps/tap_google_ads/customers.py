"""The customers to read: named by the settings, or found below the managers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.errors import AccessDenied, SourceError
from taps.api_source.history import first_day_kept
from taps.api_source.part_failures import PartFailures
from taps.tap_google_ads.client import GoogleAds, Row, digits
from taps.tap_google_ads.errors import NotEnabled
from taps.tap_google_ads.queries import Query

__all__ = ["MONTHS_KEPT", "Customer", "customers"]

MONTHS_KEPT = 37
_LONGEST_LOOKBACK = 90

_ATTRIBUTES = (
    "id",
    "descriptive_name",
    "manager",
    "status",
    "currency_code",
    "time_zone",
    "test_account",
)
_MONTH = "segments.month"
_WINDOW = "conversion_action.click_through_lookback_window_days"


@dataclass(frozen=True, kw_only=True)
class Customer(AdAccount):
    """An account, and the manager through which it is reached."""

    login_customer_id: str | None
    is_test: bool


def customers(
    ads: GoogleAds,
    config: Mapping[str, Any],
    failures: PartFailures,
    not_enabled: list[str],
) -> list[Customer]:
    """Every customer to read, once, even if two managers lead to it.

    Parameters
    ----------
    failures
        Takes the customers that cannot be read while others can.
    not_enabled
        Takes those that nobody named and that are cancelled: they are left out.

    Raises
    ------
    SourceError
        There is none to read, or none that can be.
    """
    skipped = {digits(each) for each in config.get("skip_customer_ids") or ()}
    asked = [digits(each) for each in config.get("customer_ids") or ()]
    login = digits(config.get("login_customer_id") or "") or None
    routes = (
        _named(ads, [each for each in asked if each not in skipped], login, failures)
        if asked
        else _discovered(ads, login, skipped, failures, not_enabled)
    )
    told: dict[str, tuple[Row, str | None]] = {}
    for row, through in routes:
        customer_id = str(row["id"])
        if customer_id not in skipped:
            told.setdefault(customer_id, (row, through))
    found = []
    for customer_id, (row, through) in told.items():
        with failures.of(customer_id):
            try:
                found.append(_customer(ads, row, through, int(config["lookback_days"])))
            except NotEnabled:
                if asked:
                    raise
                not_enabled.append(customer_id)
    if not found:
        failures.tell()
        closed = f"; cancelled: {', '.join(not_enabled)}" if not_enabled else ""
        raise AccessDenied(
            f"there is no account to read{closed}",
            call="customers",
            remedy="Check customer_ids, login_customer_id and skip_customer_ids.",
        )
    return found


def _named(
    ads: GoogleAds, asked: list[str], login: str | None, failures: PartFailures
) -> list[tuple[Row, str | None]]:
    rows: list[Row] = []
    for customer_id in asked:
        with failures.of(customer_id):
            rows.append(_checked(ads, customer_id, login))
    return [(row, login) for row in rows]


def _checked(ads: GoogleAds, customer_id: str, login: str | None) -> Row:
    rows = _read(ads, customer_id, "customer", login)
    if not rows:
        raise SourceError(
            "Google tells nothing of it",
            call=_call(customer_id),
            remedy="Check customer_ids.",
        )
    if rows[0]["manager"]:
        raise SourceError(
            "it is a manager account, which has no figures",
            call=_call(customer_id),
            remedy="Put it into login_customer_id instead of customer_ids.",
        )
    return rows[0]


def _discovered(
    ads: GoogleAds,
    login: str | None,
    skipped: set[str],
    failures: PartFailures,
    not_enabled: list[str],
) -> Iterator[tuple[Row, str | None]]:
    roots = [login] if login else ads.accessible_customers()
    for root in roots:
        if root in skipped:
            continue
        rows: list[Row] = []
        with failures.of(root):
            try:
                rows = _read(ads, root, "customer_client", root)
            except NotEnabled:
                if login:
                    raise
                not_enabled.append(root)
        for row in rows:
            if not row["manager"]:
                yield row, root


def _read(
    ads: GoogleAds, customer_id: str, resource: str, login: str | None
) -> list[Row]:
    fields = tuple(f"{resource}.{name}" for name in _ATTRIBUTES)
    rows = ads.rows(customer_id, Query(fields, resource), login=login)
    return [{name: row[f"{resource}.{name}"] for name in _ATTRIBUTES} for row in rows]


def _customer(
    ads: GoogleAds, row: Row, login: str | None, least_lookback: int
) -> Customer:
    customer_id = str(row["id"])
    lookback_days = _lookback_days(ads, customer_id, login, least_lookback)
    today = _today(ads.now(), row["time_zone"])
    first_day = _first_day(ads, customer_id, login, today)
    return Customer(
        id=customer_id,
        name=row["descriptive_name"],
        currency_code=row["currency_code"],
        time_zone=row["time_zone"],
        status=row["status"],
        today=today,
        first_day=first_day or today - timedelta(days=lookback_days),
        lookback_days=lookback_days,
        login_customer_id=login,
        is_test=bool(row["test_account"]),
    )


def _lookback_days(
    ads: GoogleAds, customer_id: str, login: str | None, least: int
) -> int:
    """The longest time after a click in which the account counts a conversion."""
    asked = Query((_WINDOW,), "conversion_action")
    rows = ads.rows(customer_id, asked, login=login)
    longest = max((int(row[_WINDOW] or 0) for row in rows), default=0)
    return min(max(least, longest), _LONGEST_LOOKBACK)


def _first_day(
    ads: GoogleAds, customer_id: str, login: str | None, today: date
) -> date | None:
    """First day of the first month with delivery: nothing has to be read before."""
    kept = first_day_kept(today, MONTHS_KEPT)
    asked = Query((_MONTH, "metrics.impressions"), "customer", kept, today)
    rows = ads.rows(customer_id, asked, login=login)
    months = [date.fromisoformat(row[_MONTH]) for row in rows]
    return max(kept, min(months)) if months else None


def _today(now: datetime, time_zone: str) -> date:
    return now.astimezone(ZoneInfo(time_zone)).date()


def _call(customer_id: str) -> str:
    return f"customer {customer_id}"
