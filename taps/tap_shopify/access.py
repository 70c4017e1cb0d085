"""What the connection can see, found out before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from taps.api_source.errors import AccessDenied, SourceError
from taps.tap_shopify.answers import FieldDenied
from taps.tap_shopify.client import ShopifyClient, optional_field
from taps.tap_shopify.queries import order_fields
from taps.tap_shopify.versions import ending_soon

__all__ = ["Access", "find_access", "refused_fields", "refused_order_fields"]

#: Days of orders that Shopify shows without the scope read_all_orders.
_WALL_DAYS = 60

_NEEDED_SCOPES = {
    "read_customers": "customers stays empty and orders have no customer_id",
    "read_discounts": "discount_codes stays empty",
}

_SHOP = """query Shop {
  shop { id name myshopifyDomain currencyCode ianaTimezone plan { publicDisplayName } }
  currentAppInstallation { accessScopes { handle } }
}"""


class _Plan(msgspec.Struct, rename="camel"):
    public_display_name: str


class _Shop(msgspec.Struct, rename="camel"):
    id: str
    name: str
    myshopify_domain: str
    currency_code: str
    iana_timezone: str
    plan: _Plan


class _Scope(msgspec.Struct):
    handle: str


class _Installation(msgspec.Struct, rename="camel"):
    access_scopes: list[_Scope]


class _Start(msgspec.Struct, rename="camel"):
    shop: _Shop
    current_app_installation: _Installation


@dataclass(frozen=True)
class Access:
    """A shop, and how much of it the app may read.

    Attributes
    ----------
    scopes
        Access scopes, sorted.
    history_from
        First day whose orders Shopify shows; None for all of them.
    """

    shop: _Shop
    scopes: tuple[str, ...]
    history_from: date | None
    zone: ZoneInfo

    def may(self, scope: str) -> bool:
        """Whether a scope was given; to write includes to read."""
        return scope in self.scopes or scope.replace("read_", "write_") in self.scopes

    def midnight(self, day: date) -> datetime:
        """When a day begins in the shop (aware, UTC)."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def first_whole_day(self, now: datetime) -> date | None:
        """First day all of whose orders Shopify shows; None for all days.

        The limit moves on with time and cuts a day in two. An hour is added for what
        asks a little later.
        """
        if self.history_from is None:
            return None
        limit = now + timedelta(hours=1) - timedelta(days=_WALL_DAYS)
        return self.day_of(limit) + timedelta(days=1)

    def day_of(self, moment: datetime) -> date:
        """The shop's day at a moment."""
        return moment.astimezone(self.zone).date()


def find_access(client: ShopifyClient, start_date: date | None) -> Access:
    """Ask who the shop is and what the app may see; warn of what it may not.

    Raises
    ------
    AccessDenied
        Orders cannot be read at all.
    """
    start = client.query(_SHOP, {}, "shop", _Start).data
    scopes = sorted(
        scope.handle for scope in start.current_app_installation.access_scopes
    )
    zone = _zone(start.shop.iana_timezone)
    today = client.now().astimezone(zone).date()
    wall = today - timedelta(days=_WALL_DAYS)
    access = Access(start.shop, tuple(scopes), wall, zone)
    if access.may("read_all_orders"):
        access = Access(start.shop, tuple(scopes), None, zone)
    for warning in _warnings(access, start_date):
        client.warn(warning)
    if ending := ending_soon(client.version, today):
        client.warn(ending)
    if not access.may("read_orders"):
        raise AccessDenied(
            "the app lacks the access scope read_orders",
            call="shop",
            remedy="Add it to the app and install the app again.",
        )
    return access


def refused_order_fields(client: ShopifyClient) -> frozenset[str]:
    """Fields of orders that this app is refused.

    Raises
    ------
    FieldDenied
        Shopify refuses a field without which orders are of no use.
    """

    def fields(without: Container[str]) -> str:
        ledger = "agreements(first: 1) { nodes { id } }"
        return order_fields(without) + ("" if "agreements" in without else ledger)

    return refused_fields(client, "orders", fields)


def refused_fields(
    client: ShopifyClient,
    collection: str,
    fields: Callable[[Container[str]], str],
    known: Iterable[str] = (),
) -> frozenset[str]:
    """Fields of a collection that this app is refused, found out with one object.

    A bulk operation would only say that it was denied something.

    Parameters
    ----------
    fields
        What is asked of an object, without some fields.
    known
        Fields that were refused elsewhere: one object need not have them all.

    Raises
    ------
    FieldDenied
        Shopify refuses a field without which the rest is of no use.
    """
    refused = set(known)
    while True:
        text = f"""query Probe {{ {collection}(first: 1) {{ nodes {{
          {fields(refused)} }} }} }}"""
        try:
            reply = client.query(text, {}, f"{collection}, first look", msgspec.Raw)
        except FieldDenied as denial:
            name = optional_field(denial.field)
            if name is None or name in refused:
                raise
            client.warn(str(denial))
            refused.add(name)
            continue
        if reply.denied <= refused:
            return frozenset(refused)
        refused |= reply.denied


def _warnings(access: Access, start_date: date | None) -> Iterable[str]:
    wall = access.history_from
    if wall is not None and (start_date is None or start_date < wall):
        yield (
            f"Without the access scope read_all_orders Shopify shows no orders older "
            f"than 60 days: history begins on {wall}, and later changes of older "
            "orders, such as refunds, are not seen. Shopify grants it on request."
        )
    for scope, effect in _NEEDED_SCOPES.items():
        if not access.may(scope):
            yield f"The app lacks the access scope {scope}: {effect}."


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SourceError(
            f"the shop's time zone {name} is not known", call="shop"
        ) from None
