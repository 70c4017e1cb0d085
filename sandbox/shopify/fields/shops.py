"""Fields of the shop, the app, pages, reports and bulk operations."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sandbox.shopify.fields.plain import Attribute
from sandbox.simulation.companies import Company

__all__ = ["FIELDS", "ApiVersion", "ShopNow", "UserError"]


class ShopNow(NamedTuple):
    """A shop at a moment, which decides its offset from UTC."""

    company: Company
    now: datetime

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "Shop"


class ApiVersion(NamedTuple):
    """A version of the API."""

    handle: str
    is_supported: bool


class UserError(NamedTuple):
    """An error in what a mutation was given."""

    message: str
    code: str | None = None
    field: list[str] | None = None


def _offset_minutes(shop: ShopNow) -> int:
    offset = shop.now.astimezone(shop.company.zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _offset(shop: ShopNow) -> str:
    minutes = _offset_minutes(shop)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{rest:02d}"


def _domain(shop: ShopNow) -> str:
    return f"{shop.company.shop}.myshopify.com"


def _currencies(shop: ShopNow) -> list[str]:
    company = shop.company
    return [company.currency, *(other.currency for other in company.presentments)]


def _itself(source: Any) -> Any:
    return source


_USER_ERROR: Final[dict[str, Callable[[Any], Any]]] = {
    "field": Attribute("field"),
    "message": Attribute("message"),
}

FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "Shop": {
        "id": lambda shop: f"gid://shopify/Shop/{shop.company.shop_id}",
        "name": Attribute("company.name"),
        "email": lambda shop: f"owner@{shop.company.shop}.example",
        "contactEmail": lambda shop: f"hello@{shop.company.shop}.example",
        "createdAt": lambda _: "2020-01-01T00:00:00Z",
        "currencyCode": Attribute("company.currency"),
        "currencyFormats": _itself,
        "enabledPresentmentCurrencies": _currencies,
        "ianaTimezone": Attribute("company.time_zone"),
        "timezoneAbbreviation": lambda s: s.now.astimezone(s.company.zone).tzname(),
        "timezoneOffset": _offset,
        "timezoneOffsetMinutes": _offset_minutes,
        "myshopifyDomain": _domain,
        "url": lambda shop: f"https://{_domain(shop)}",
        "primaryDomain": _itself,
        "plan": _itself,
        "taxesIncluded": lambda _: True,
    },
    "CurrencyFormats": {
        "moneyFormat": lambda _: "{{amount}}",
        "moneyWithCurrencyFormat": lambda s: f"{{{{amount}}}} {s.company.currency}",
    },
    "ShopPlan": {
        "displayName": Attribute("company.plan"),
        "publicDisplayName": Attribute("company.plan"),
    },
    "Domain": {
        "id": lambda shop: f"gid://shopify/Domain/{shop.company.shop_id}",
        "host": _domain,
        "url": lambda shop: f"https://{_domain(shop)}",
        "sslEnabled": lambda _: True,
    },
    "AppInstallation": {
        "id": lambda c: f"gid://shopify/AppInstallation/{c.company.shop_id}",
        "accessScopes": lambda shop: list(shop.company.scopes),
        "app": _itself,
        "launchUrl": lambda _: "https://app.example",
    },
    "AccessScope": {
        "handle": lambda scope: scope,
        "description": lambda scope: scope.replace("_", " ").capitalize(),
    },
    "App": {
        "id": lambda _: "gid://shopify/App/1",
        "apiKey": lambda _: "sandbox",
        "handle": lambda _: "timonel",
        "name": lambda _: "Timonel",
        "title": lambda _: "Timonel",
        "icon": _itself,
    },
    "Image": {"url": lambda _: "https://cdn.example/icon.png"},
    "PageInfo": {
        "hasNextPage": Attribute("has_next"),
        "hasPreviousPage": Attribute("has_previous"),
        "startCursor": lambda page: page.cursors[0] if page.cursors else None,
        "endCursor": lambda page: page.cursors[-1] if page.cursors else None,
    },
    "ApiVersion": {
        "handle": Attribute("handle"),
        "displayName": Attribute("handle"),
        "supported": Attribute("is_supported"),
    },
    "ShopifyqlQueryResponse": {
        "parseErrors": Attribute("errors"),
        "tableData": lambda report: None if report.errors else report,
    },
    "ShopifyqlTableData": {
        "columns": Attribute("columns"),
        "rows": Attribute("rows"),
    },
    "ShopifyqlTableDataColumn": {
        "name": Attribute("name"),
        "displayName": lambda column: column.name.replace("_", " ").capitalize(),
        "dataType": Attribute("data_type"),
    },
    "BulkOperation": {
        "id": Attribute("id"),
        "type": lambda _: "QUERY",
        "status": Attribute("status"),
        "errorCode": Attribute("error_code"),
        "createdAt": Attribute("created_at"),
        "completedAt": Attribute("completed_at"),
        "objectCount": Attribute("object_count"),
        "rootObjectCount": Attribute("root_object_count"),
        "fileSize": Attribute("file_size"),
        "url": Attribute("url"),
        "partialDataUrl": Attribute("partial_data_url"),
        "query": Attribute("query"),
    },
    "BulkOperationRunQueryPayload": {
        "bulkOperation": Attribute("operation"),
        "userErrors": Attribute("errors"),
    },
    "BulkOperationCancelPayload": {
        "bulkOperation": Attribute("operation"),
        "userErrors": Attribute("errors"),
    },
    "TagsAddPayload": {
        "node": Attribute("node"),
        "userErrors": Attribute("errors"),
    },
    "TagsRemovePayload": {
        "node": Attribute("node"),
        "userErrors": Attribute("errors"),
    },
    "BulkOperationUserError": {**_USER_ERROR, "code": Attribute("code")},
    "UserError": _USER_ERROR,
}
