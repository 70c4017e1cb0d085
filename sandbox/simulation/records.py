"""What happens at a company, before any API has told it in its own words.

Money is an int in the minor unit of the company's currency: cents of EUR and USD
(exponent 2), whole pesos of CLP (exponent 0). Instants are aware and in UTC, dates
are the account's own days. Numeric ids are ints; `Version.id` of a Shopify document
is their decimal text ("5551000000042"), never a gid.

How emulators find them in the store, by collection:

=============================  ==================================================
`shopify/orders`               made by `shopify/documents.py`, Shopify-shaped JSON
`shopify/customers`            likewise
`shopify/checkouts`            likewise: abandoned checkouts
`shopify/discounts`            likewise: discount codes
`meta_ads/entities`            `AdEntity` as JSON, id "<level>/<entity id>"
`google_ads/entities`          likewise
`meta_ads/ad_days`             `AdDay` as JSON, id "<account>/<date>/<ad id>"
`google_ads/ad_days`           likewise; Performance Max has the campaign's id there
`search_console/site_days`     `SiteDay` as JSON, id "<site_url>/<date>"
=============================  ==================================================

JSON of `AdEntity`, `AdDay` and `SiteDay` is their fields by name, dates and instants
as ISO text, None as null. `created_at` of a day's document is its date at midnight
UTC, so `store.iterate(..., sort="created_at", since=, until=)` reads days in order.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "AdConversions",
    "AdDay",
    "AdEntity",
    "AdLevel",
    "Checkout",
    "Customer",
    "CustomerState",
    "DiscountCode",
    "FinancialStatus",
    "FulfillmentStatus",
    "Line",
    "Order",
    "OrderKind",
    "Refund",
    "SiteDay",
    "Visit",
]

FinancialStatus: TypeAlias = Literal["PAID", "PENDING", "VOIDED", "AUTHORIZED"]
"""How an order was placed and paid, before refunds.

Refunds turn PAID into PARTIALLY_REFUNDED or REFUNDED from their moment on: whoever
writes the document of a later version says so.
"""

FulfillmentStatus: TypeAlias = Literal["FULFILLED", "UNFULFILLED"]

OrderKind: TypeAlias = Literal[
    "purchase",
    "guest",
    "refunded",
    "voided",
    "pending",
    "cancelled",
    "test",
    "deleted",
]
"""What the simulation meant by an order. Only `purchase` is what models should see."""

AdLevel: TypeAlias = Literal["campaign", "adset", "ad"]
"""Google Ads says ad group where Meta says ad set."""


class Visit(NamedTuple):
    """A session of the online store that led to an order."""

    id: int
    at: datetime
    source: str
    source_type: str | None
    landing_page: str
    referrer: str | None
    utm: dict[str, str] | None
    """Keys source, medium, campaign, content, term; missing ones were not given."""


class Line(NamedTuple):
    """A line item: `quantity` of one product at `unit_minor` each."""

    id: int
    product_id: int
    variant_id: int
    sku: str
    name: str
    vendor: str
    quantity: int
    unit_minor: int
    discount_minor: int
    """Off the whole line: its price is quantity * unit_minor - discount_minor."""


class Refund(NamedTuple):
    """A refund; without `line_id` it is an amount and no item came back."""

    id: int
    at: datetime
    amount_minor: int
    line_id: int | None
    quantity: int
    money_moved: bool
    """A successful REFUND transaction exists. False: only the Refund object does, and
    the order's refunded total and status know nothing of it."""


class CustomerState(NamedTuple):
    """What a customer's record says from `at` on."""

    at: datetime
    number_of_orders: int
    amount_spent_minor: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with an account or at least an e-mail address in the shop.

    Each state, oldest first, is a version of the document, with updated_at =
    visible_from = `at`. States nobody can see any more may be missing. An order refers
    to its customer by id alone: there `states` is empty.
    """

    id: int
    created_at: datetime
    email: str
    first_name: str
    last_name: str
    phone: str | None
    state: Literal["ENABLED", "DISABLED", "INVITED"]
    email_marketing: Literal["SUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED"]
    phone_marketing: Literal["SUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED"]
    country_code: str
    tags: tuple[str, ...]
    currency: str
    exponent: int
    states: tuple[CustomerState, ...]
    is_email_verified: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """An order as placed, and what happens to it later.

    total = sum(line.quantity * line.unit_minor - line.discount_minor) + shipping;
    `tax_minor` is the part of it that is tax. Refunds never exceed the total.

    Versions: the order appears at `created_at`; a refund, the cancellation and the
    deletion make a version of their own at their moment, and bump `updated_at`. The
    journey becoming ready (`journey_ready_at`) makes one too, but does NOT bump it.
    """

    id: int
    number: int
    """Of the order's name: 1042 is "#1042"."""
    kind: OrderKind
    customer: Customer | None
    email: str | None
    created_at: datetime
    processed_at: datetime
    """Before `created_at` for orders imported from elsewhere."""
    cancelled_at: datetime | None
    cancel_reason: Literal["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY"] | None
    is_test: bool
    financial_status: FinancialStatus
    fulfillment_status: FulfillmentStatus
    source_name: str
    """web, pos, shopify_draft_order."""
    currency: str
    exponent: int
    presentment_currency: str
    presentment_exponent: int
    presentment_rate: Decimal
    """Presentment money per unit of shop money; 1 when they are the same."""
    lines: tuple[Line, ...]
    shipping_minor: int
    tax_minor: int
    discount_code: str | None
    refunds: tuple[Refund, ...]
    visits: tuple[Visit | None, Visit | None]
    """First and last session of the journey; (None, None) when nobody was seen."""
    journey_ready_at: datetime | None
    """None: there is no journey at all (POS, draft and test orders): null in the API.

    Otherwise ready is false before it. Ready with no visits is an empty journey.
    """
    customer_order_index: int | None
    """1 for the customer's first order; None for guests and test orders."""
    days_to_conversion: int | None
    moments_count: int
    country_code: str
    province_code: str
    tags: tuple[str, ...] = ()
    deleted_at: datetime | None = None

    @property
    def subtotal_minor(self) -> int:
        """Price of the lines after discounts."""
        return sum(
            line.quantity * line.unit_minor - line.discount_minor for line in self.lines
        )

    @property
    def discount_minor(self) -> int:
        """All discounts."""
        return sum(line.discount_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What the customer was asked to pay."""
        return self.subtotal_minor + self.shipping_minor

    @property
    def refunded_minor(self) -> int:
        """What all refunds together give back, sooner or later."""
        return sum(refund.amount_minor for refund in self.refunds if refund.money_moved)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout that was left; `completed_at` when it was recovered later."""

    id: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    customer_id: int | None
    email: str | None
    currency: str
    exponent: int
    lines: tuple[Line, ...]
    shipping_minor: int
    discount_code: str | None


@dataclass(frozen=True, slots=True)
class DiscountCode:
    """A code and the discount it stands for. One of percentage and amount is None."""

    id: int
    discount_id: int
    code: str
    title: str
    kind: Literal["DiscountCodeBasic", "DiscountCodeFreeShipping"]
    starts_at: datetime
    ends_at: datetime | None
    created_at: datetime
    updated_at: datetime
    usage_count: int
    usage_limit: int | None
    percentage: Decimal | None
    """0.1 is ten percent."""
    amount_minor: int | None
    currency: str
    exponent: int


@dataclass(frozen=True, slots=True)
class AdEntity:
    """A campaign, ad set (ad group) or ad, living or gone."""

    level: AdLevel
    account_id: str
    id: str
    name: str
    status: Literal["ACTIVE", "PAUSED", "REMOVED"]
    """REMOVED is DELETED or ARCHIVED at Meta, REMOVED at Google Ads."""
    campaign_id: str
    adset_id: str | None
    channel: str
    """The channel of the truth that its spend belongs to: "meta_prospecting"."""
    kind: str
    """Meta: the objective. Google Ads: SEARCH, SHOPPING, PERFORMANCE_MAX."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AdConversions:
    """Purchases a platform claims within one attribution window."""

    count: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class AdDay:
    """One ad on one day of the account's calendar.

    Windows: Meta 1d_click, 7d_click, 28d_click, 1d_view; Google Ads 30d_click and
    1d_view. A longer click window contains the shorter one.
    """

    account_id: str
    currency: str
    exponent: int
    time_zone: str
    campaign_id: str
    campaign_name: str
    campaign_status: Literal["ACTIVE", "PAUSED", "REMOVED"]
    campaign_kind: str
    channel: str
    adset_id: str | None
    adset_name: str | None
    ad_id: str | None
    """None for Performance Max, which has no ads to report."""
    ad_name: str | None
    date: date
    spend_micros: int
    """Millionths of the currency, a whole number of its minor units."""
    impressions: int
    clicks: int
    inline_link_clicks: int
    reach: int
    conversions: dict[str, AdConversions]
    platform_shares: dict[str, float] = field(default_factory=dict)
    """Share of everything by publisher platform (Meta): facebook, instagram."""
    is_final: bool = False
    """The source will not restate this day."""


@dataclass(frozen=True, slots=True)
class SiteDay:
    """Organic search of one property on one day, Pacific time, all queries together."""

    site_url: str
    date: date
    clicks: int
    impressions: int
    position: float
    brand_share: float
    """Of the clicks, those whose query names the brand."""
    is_final: bool
