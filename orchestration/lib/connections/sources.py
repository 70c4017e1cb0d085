"""The registry of sources: what each tap is called, keeps secret, and fills."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "CALLBACK_PORT",
    "SOURCES",
    "Feed",
    "OAuth",
    "RawTable",
    "ServiceLevel",
    "Source",
    "api_sources",
    "source",
    "sources_read",
]

#: How a slice's total relates to what the source says of the whole account: the same,
#: or a part of it because the source leaves rows out (rare queries, ads without rows).
Control = Literal["equal", "at_most"]

#: How soon after the event a source's rows are wanted: within five minutes, an hour or
#: a day. Each source is also read in every slower rhythm.
ServiceLevel = Literal["tactical", "operational", "financial"]
_FASTEST_FIRST: tuple[ServiceLevel, ...] = ("tactical", "operational", "financial")

#: The port on which a browser brings a person's consent back, unless another is asked.
CALLBACK_PORT = 8722

#: What a source is needed for: without orders no customer, without media no mix.
Feed = Literal["orders", "media"]


@dataclass(frozen=True)
class RawTable:
    """One stream of a tap and the table it fills.

    Parameters
    ----------
    control
        How the totals of its slices relate to the source's control totals.
    """

    name: str
    description: str
    control: Control = "equal"


@dataclass(frozen=True)
class OAuth:
    """How a person's consent becomes a token.

    Parameters
    ----------
    authorize_url, token_url
        Templates over the connection's settings, such as ``{shop_url}``.
    token_setting
        The field of the token answer that is kept, and the secret setting it becomes.
    extra, token_extra
        Further parameters of either request.
    is_rotating
        Access tokens last an hour and each refresh replaces the refresh token; the
        orchestrator refreshes, and the tap gets an access token only.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    token_setting: str
    scope_separator: str = " "
    extra: tuple[tuple[str, str], ...] = ()
    token_extra: tuple[tuple[str, str], ...] = ()
    is_rotating: bool = False
    exchanges_long_lived: bool = False


@dataclass(frozen=True)
class Source:
    """One kind of source.

    Parameters
    ----------
    slug
        Its name in every key, group and schema.
    tap_module
        For ``python -m``; nobody imports it.
    secret_settings
        Settings of the tap that are kept encrypted.
    slice_columns
        What its slices are made of, in the order of the tables' keys.
    service_level
        How fast it is read, if the company wants it so.
    feeds
        Which predictions wait while it cannot be read.
    """

    slug: str
    title: str
    tap_module: str
    tables: tuple[RawTable, ...]
    secret_settings: tuple[str, ...] = ()
    slice_columns: tuple[str, ...] = ()
    service_level: ServiceLevel = "financial"
    feeds: tuple[Feed, ...] = ()
    oauth: OAuth | None = field(default=None)

    @property
    def schema(self) -> str:
        """Schema of its raw tables."""
        return f"raw_{self.slug}"

    @property
    def command(self) -> str:
        """Its name on the command line."""
        return self.slug.replace("_", "-")

    def bookmark(self, connection_id: str) -> str:
        """Name under which the tap's state of a connection is kept."""
        return f"{self.slug}/{connection_id}"


def source(slug: str) -> Source:
    """The source of this slug.

    Raises
    ------
    KeyError
        There is no such source.
    """
    return SOURCES[slug]


def api_sources() -> tuple[Source, ...]:
    """Every source but exported files."""
    return tuple(each for each in SOURCES.values() if each.slug != "files")


def sources_read(level: ServiceLevel) -> tuple[Source, ...]:
    """The sources with an API that a run of this service level reads."""
    levels = _FASTEST_FIRST[: _FASTEST_FIRST.index(level) + 1]
    return tuple(each for each in api_sources() if each.service_level in levels)


_SLICES = RawTable("slices", "What was read of each slice, with its control totals.")

_FILES = Source(
    slug="files",
    title="Exported files",
    tap_module="taps.tap_files",
    feeds=("orders", "media"),
    tables=(
        RawTable("files", "Every file read, its version and its control totals."),
        RawTable("purchases", "Rows of plain purchase logs: customer, date, amount."),
        RawTable("shopify_order_lines", "Rows of Shopify's own orders export."),
        RawTable("ad_spend", "Advertising spend per day, channel and campaign."),
        RawTable("currency_rates", "What a currency is worth in another, per day."),
        RawTable("marketplace_users", "Registered users of a marketplace."),
        RawTable("marketplace_carts", "What users put into carts, service by service."),
        RawTable("marketplace_orders", "Orders: service, comuna, status and times."),
        RawTable("marketplace_order_items", "What each order contains."),
        RawTable("marketplace_payments", "How each order was paid."),
        RawTable("marketplace_ratings", "Ratings that customers gave to orders."),
        RawTable("marketplace_sessions", "Visits and log-ins."),
    ),
)

_SHOPIFY = Source(
    slug="shopify",
    title="Shopify",
    tap_module="taps.tap_shopify",
    secret_settings=("access_token", "client_secret", "refresh_token"),
    slice_columns=("date",),
    service_level="tactical",
    feeds=("orders", "media"),
    tables=(
        RawTable("shop", "The shop: currency, time zone, granted scopes."),
        RawTable("orders", "Orders as they are now, in shop and presented currency."),
        RawTable("order_line_items", "What each order contains."),
        RawTable("order_refunds", "Refunds of orders, and whether money moved."),
        RawTable("refund_line_items", "Which lines a refund is for."),
        RawTable("order_transactions", "Payments and refunds at the gateway."),
        RawTable("order_sales", "The ledger: every sale and its reversal, dated."),
        RawTable("order_visits", "First and last visit before an order, with UTM."),
        RawTable("customers", "Customers of the shop."),
        RawTable("discount_codes", "Discount codes and their use."),
        RawTable("abandoned_checkouts", "Checkouts that were begun."),
        RawTable("order_days", "The shop's own count of orders, day by day."),
        RawTable("order_ids", "Ids of recent orders, to notice those deleted."),
        _SLICES,
    ),
    oauth=OAuth(
        authorize_url="{shop_url}/admin/oauth/authorize",
        token_url="{shop_url}/admin/oauth/access_token",  # noqa: S106
        scopes=(
            "read_orders",
            "read_all_orders",
            "read_customers",
            "read_discounts",
            "read_products",
            "read_reports",
        ),
        scope_separator=",",
        token_setting="refresh_token",  # noqa: S106 - a name
        # Public apps may not hold tokens that last for ever.
        token_extra=(("expiring", "1"),),
        is_rotating=True,
    ),
)

_META_ADS = Source(
    slug="meta_ads",
    title="Meta Ads",
    tap_module="taps.tap_meta_ads",
    secret_settings=("access_token", "app_secret"),
    slice_columns=("account_id", "date"),
    service_level="operational",
    feeds=("media",),
    tables=(
        RawTable("accounts", "Advertising accounts: currency and time zone."),
        RawTable("campaigns", "Campaigns, archived and deleted ones too."),
        RawTable("adsets", "Ad sets, archived and deleted ones too."),
        RawTable("ads", "Ads, archived and deleted ones too."),
        RawTable("campaign_days", "Spend and delivery per campaign and day."),
        RawTable("ad_days", "Spend and delivery per ad and day.", control="at_most"),
        RawTable("campaign_platform_days", "Per campaign, day and platform."),
        RawTable("campaign_action_days", "Conversions by type and attribution window."),
        RawTable("account_days", "Spend per account and day, told independently."),
        _SLICES,
    ),
    oauth=OAuth(
        authorize_url="{dialog_url}/dialog/oauth",
        token_url="{api_url}/v26.0/oauth/access_token",  # noqa: S106
        scopes=("ads_read",),
        scope_separator=",",
        token_setting="access_token",  # noqa: S106 - a name
        exchanges_long_lived=True,
    ),
)


def _google(scope: str) -> OAuth:
    return OAuth(
        authorize_url="{authorize_url}",
        token_url="{token_url}",  # noqa: S106
        scopes=(f"https://www.googleapis.com/auth/{scope}",),
        token_setting="refresh_token",  # noqa: S106 - a name
        # Without consent asked anew Google hands out no refresh token a second time.
        extra=(("access_type", "offline"), ("prompt", "consent")),
    )


_GOOGLE_SECRETS = ("client_secret", "refresh_token", "service_account")

_GOOGLE_ADS = Source(
    slug="google_ads",
    title="Google Ads",
    tap_module="taps.tap_google_ads",
    secret_settings=(*_GOOGLE_SECRETS, "developer_token"),
    slice_columns=("customer_id", "date"),
    service_level="operational",
    feeds=("media",),
    tables=(
        RawTable("customers", "Advertising accounts: currency and time zone."),
        RawTable("campaigns", "Campaigns, removed ones too."),
        RawTable("ad_groups", "Ad groups, removed ones too."),
        RawTable("conversion_actions", "Conversion actions and their windows."),
        RawTable("campaign_days", "Cost and conversions per campaign and day."),
        RawTable("conversion_action_days", "Conversions per action and day."),
        RawTable("ad_days", "Cost and delivery per ad and day.", control="at_most"),
        RawTable("account_days", "Cost per account and day, told independently."),
        _SLICES,
    ),
    oauth=_google("adwords"),
)

_SEARCH_CONSOLE = Source(
    slug="search_console",
    title="Search Console",
    tap_module="taps.tap_search_console",
    secret_settings=_GOOGLE_SECRETS,
    slice_columns=("site_url", "search_type", "date"),
    tables=(
        RawTable("sites", "Properties, and the terms that name their brand."),
        RawTable("site_days", "Clicks and impressions of a property per day."),
        RawTable("query_days", "By query; rare ones are hidden.", control="at_most"),
        RawTable("page_days", "By page.", control="at_most"),
        RawTable("country_device_days", "By country and device.", control="at_most"),
        _SLICES,
    ),
    oauth=_google("webmasters.readonly"),
)

_CALENDAR = Source(
    slug="calendar",
    title="Calendar",
    tap_module="taps.tap_calendar",
    slice_columns=("calendar_id", "year"),
    tables=(
        RawTable("holidays", "Public and unofficial holidays of a country or region."),
        RawTable("events", "Retail events, and the company's own."),
        _SLICES,
    ),
)

_WEATHER = Source(
    slug="weather",
    title="Weather",
    tap_module="taps.tap_weather",
    secret_settings=("api_key",),
    slice_columns=("location_id", "date"),
    tables=(
        RawTable("locations", "The places whose weather is read."),
        RawTable("days", "Temperature, rain and sunshine per place and day."),
        _SLICES,
    ),
)

#: Every source, in the order in which a company's are read.
SOURCES = {
    each.slug: each
    for each in (
        _FILES,
        _SHOPIFY,
        _META_ADS,
        _GOOGLE_ADS,
        _SEARCH_CONSOLE,
        _CALENDAR,
        _WEATHER,
    )
}
