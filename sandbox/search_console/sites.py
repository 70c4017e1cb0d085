"""The properties a company sees, and how large each is."""

from dataclasses import dataclass, replace
from typing import Final

from sandbox.simulation.companies import Company
from sandbox.simulation.records import SiteDay

__all__ = ["BIG_SITE", "Site", "sites_of"]

BIG_SITE: Final = "sc-domain:big.tienda-norte.test"
"""A property with more queries a day than the service ever tells: 60,000 and more."""

_BIG_BASE_IMPRESSIONS: Final = 600_000
_BIG_BASE_CLICKS: Final = 20_000
_BIG_FACTOR: Final = 20
_COUNTRIES: Final = {"ES": "esp", "CL": "chl", "US": "usa"}
_PERMISSIONS_TO_READ: Final = ("siteOwner", "siteFullUser", "siteRestrictedUser")


@dataclass(frozen=True)
class Site:
    """A property. `cell_count` bounds how finely a day is split."""

    url: str
    permission: str
    brand_terms: tuple[str, ...]
    source_url: str
    """The property of the store that its days are taken from."""
    country: str
    """Where most of its visitors are: ISO 3166-1 alpha-3, lower case."""
    cell_count: int = 200
    is_big: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether its figures may be read: not before it is verified."""
        return self.permission in _PERMISSIONS_TO_READ

    @property
    def home(self) -> str:
        """The address of its first page."""
        domain = self.url.removeprefix("sc-domain:")
        return domain if domain.startswith("http") else f"https://www.{domain}/"

    def day(self, stored: SiteDay) -> SiteDay:
        """The property's own day, from the stored one it follows."""
        if not self.is_big:
            return stored
        return replace(
            stored,
            site_url=self.url,
            clicks=_BIG_BASE_CLICKS + stored.clicks * _BIG_FACTOR,
            impressions=_BIG_BASE_IMPRESSIONS + stored.impressions * _BIG_FACTOR,
        )


def sites_of(company: Company) -> list[Site]:
    """The company's property, one it never verified, and perhaps a big one."""
    own = Site(
        company.site_url,
        "siteOwner",
        company.brand_terms,
        source_url=company.site_url,
        country=_COUNTRIES.get(company.country_code, "zzz"),
    )
    domain = own.home.removeprefix("https://www.").strip("/")
    unverified = replace(own, url=f"http://{domain}/", permission="siteUnverifiedUser")
    found = [own, unverified]
    if company.slug == "tienda_norte":
        found.append(
            replace(
                own,
                url=BIG_SITE,
                permission="siteFullUser",
                cell_count=110_000,
                is_big=True,
            )
        )
    return found
