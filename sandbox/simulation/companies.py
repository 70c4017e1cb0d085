"""Who the sandbox's companies are: currency, clock, and where their data is found."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

__all__ = [
    "ANDES",
    "CDNOW",
    "COMPANIES",
    "DESTINATIONS",
    "TIENDA_NORTE",
    "Company",
    "Presentment",
]

#: Accounts that every company has and that nothing is read from: they are written to.
DESTINATIONS: Final = ("klaviyo",)

_ALL_SOURCES: Final = (
    "shopify",
    "meta_ads",
    "google_ads",
    "search_console",
    "calendar",
    "weather",
)
_SCOPES: Final = (
    "read_orders",
    "read_all_orders",
    "read_customers",
    "read_discounts",
    "read_products",
    "read_reports",
)
_META_PERMISSIONS: Final = ("ads_read", "business_management", "public_profile")
_KLAVIYO_SCOPES: Final = (
    "lists:read",
    "lists:write",
    "profiles:read",
    "profiles:write",
)


class Presentment(NamedTuple):
    """A currency some customers pay in: its units per unit of ours, share of orders."""

    currency: str
    exponent: int
    rate: Decimal
    share: float


@dataclass(frozen=True)
class Company:
    """A company and its accounts. Ids are text; empty when it has no such account."""

    slug: str
    name: str
    currency: str
    exponent: int
    """Decimal digits of the currency's minor unit."""
    time_zone: str
    country_code: str
    province_code: str
    sources: tuple[str, ...]
    shop: str
    """Its handle at Shopify: {shop}.myshopify.com."""
    shop_id: int
    plan: str = "Basic"
    scopes: tuple[str, ...] = _SCOPES
    meta_permissions: tuple[str, ...] = _META_PERMISSIONS
    klaviyo_scopes: tuple[str, ...] = _KLAVIYO_SCOPES
    meta_account_id: str = ""
    """Without the "act_"."""
    google_customer_id: str = ""
    google_login_customer_id: str = ""
    """The manager account through which the customer is reached."""
    site_url: str = ""
    brand_terms: tuple[str, ...] = ()
    location_id: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    counts_free_orders: bool = False
    """Whether its orders at 0 are purchases."""
    gross_margin_rate: float | None = None
    """What its owner says is kept of a sale before ads, a share; None says nothing."""
    costs: tuple[tuple[str, float], ...] = ()
    """What its owner says an order costs, by setting: money, a share of the charge."""
    calendar_id: str = ""
    """Country and subdivision as the holidays library names them: "ES-MD"."""
    presentments: tuple[Presentment, ...] = ()
    """Other currencies that some customers are shown and pay in."""
    euro_rate: float = 1.0
    """Units of the currency that buy what a euro buys; scales prices and spend."""
    has_campaign: bool = False
    """Whether it wrote to customers, some kept back by lot."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its shop and of its ad accounts."""
        return ZoneInfo(self.time_zone)


CDNOW: Final = Company(
    slug="cdnow",
    name="CDNOW",
    currency="USD",
    exponent=2,
    time_zone="America/New_York",
    country_code="US",
    province_code="PA",
    sources=("shopify",),
    shop="cdnow",
    shop_id=61_000_000_001,
    # Of CDs given away, which the published answers count.
    counts_free_orders=True,
)
TIENDA_NORTE: Final = Company(
    slug="tienda_norte",
    name="Tienda Norte",
    currency="EUR",
    exponent=2,
    time_zone="Europe/Madrid",
    country_code="ES",
    province_code="O",
    sources=_ALL_SOURCES,
    shop="tienda-norte",
    shop_id=61_000_000_002,
    plan="Shopify",
    meta_account_id="400400400400401",
    google_customer_id="1002003001",
    google_login_customer_id="1002003000",
    site_url="sc-domain:tienda-norte.example",
    brand_terms=("tienda norte", "tiendanorte"),
    location_id="madrid",
    latitude=40.4168,
    longitude=-3.7038,
    calendar_id="ES-MD",
    presentments=(
        Presentment("USD", 2, Decimal("1.0845"), 0.05),
        Presentment("GBP", 2, Decimal("0.8532"), 0.03),
    ),
    gross_margin_rate=0.45,
    costs=(
        ("shipping_cost_per_order", 3.9),
        ("payment_fee_rate", 0.015),
        ("payment_fee_per_order", 0.25),
    ),
    has_campaign=True,
)
ANDES: Final = Company(
    slug="andes",
    name="Andes",
    currency="CLP",
    exponent=0,
    time_zone="America/Santiago",
    country_code="CL",
    province_code="RM",
    sources=_ALL_SOURCES,
    shop="andes",
    shop_id=61_000_000_003,
    meta_account_id="400400400400501",
    google_customer_id="5002003001",
    google_login_customer_id="5002003000",
    site_url="https://www.andes.example/",
    brand_terms=("andes", "tienda andes"),
    location_id="santiago",
    latitude=-33.4489,
    longitude=-70.6693,
    calendar_id="CL-RM",
    presentments=(Presentment("USD", 2, Decimal("0.00105"), 0.04),),
    euro_rate=1_000.0,
)

COMPANIES: Final = {company.slug: company for company in (CDNOW, TIENDA_NORTE, ANDES)}
