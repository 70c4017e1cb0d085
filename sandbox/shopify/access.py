"""Who may read what: API versions, access scopes, protected fields."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from graphql import FieldNode

from sandbox.shopify.context import Context

__all__ = ["RECENT_DAYS", "denial", "earliest_order", "served_version", "versions"]

RECENT_DAYS: Final = 60
_SUPPORTED_VERSIONS: Final = 4
_QUARTER_MONTHS: Final = 3

_REQUIRED: Final[Mapping[tuple[str, str], str]] = {
    ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "order"): "read_orders",
    ("QueryRoot", "ordersCount"): "read_orders",
    ("QueryRoot", "abandonedCheckouts"): "read_orders",
    ("QueryRoot", "abandonedCheckoutsCount"): "read_orders",
    ("QueryRoot", "customers"): "read_customers",
    ("QueryRoot", "customer"): "read_customers",
    ("QueryRoot", "customersCount"): "read_customers",
    ("QueryRoot", "codeDiscountNodes"): "read_discounts",
    ("QueryRoot", "codeDiscountNode"): "read_discounts",
    ("QueryRoot", "discountCodesCount"): "read_discounts",
    ("QueryRoot", "shopifyqlQuery"): "read_reports",
    ("QueryRoot", "codeDiscountNodeByCode"): "read_discounts",
    ("QueryRoot", "segments"): "read_customers",
    ("Mutation", "discountCodeBasicCreate"): "write_discounts",
    ("Mutation", "segmentCreate"): "write_customers",
    ("Mutation", "tagsAdd"): "write_customers",
    ("Mutation", "tagsRemove"): "write_customers",
    ("Order", "customer"): "read_customers",
    ("AbandonedCheckout", "customer"): "read_customers",
}


def denial(
    context: Context, kind: str, field: str, node: FieldNode
) -> dict[str, Any] | None:
    """The error of a field that the app may not read, which is then null."""
    scope = _REQUIRED.get((kind, field))
    if scope is None or context.has_scope(scope):
        return None
    location = node.loc.start_token if node.loc else None
    return {
        "message": (
            f"Access denied for {field} field. Required access: `{scope}` access scope."
        ),
        "locations": (
            [{"line": location.line, "column": location.column}] if location else []
        ),
        "extensions": {
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": f"`{scope}` access scope.",
        },
    }


def earliest_order(context: Context) -> datetime | None:
    """Orders created before are not shown, without a word, lacking read_all_orders."""
    if context.has_scope("read_all_orders"):
        return None
    return context.now - timedelta(days=RECENT_DAYS)


def versions(now: datetime) -> list[str]:
    """The versions that are supported at a moment, oldest first.

    A version comes out each quarter and is supported for twelve months.
    """
    quarter = now.year * 4 + (now.month - 1) // _QUARTER_MONTHS
    return [
        f"{number // 4}-{number % 4 * _QUARTER_MONTHS + 1:02d}"
        for number in range(quarter - _SUPPORTED_VERSIONS + 1, quarter + 1)
    ]


def served_version(asked: str, now: datetime) -> str | None:
    """The version that answers: an old one falls forward, without a word.

    None when nobody ever heard of the version.
    """
    supported = versions(now)
    if asked in supported:
        return asked
    if asked == "unstable":
        return asked
    year, _, month = asked.partition("-")
    if not (year.isdigit() and month in {"01", "04", "07", "10"}):
        return None
    return supported[0] if asked < supported[0] else None
