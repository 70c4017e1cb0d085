"""What a company's owner would type into `timonel connect`: settings and secrets."""

from dataclasses import dataclass

from sandbox.simulation.companies import Company
from sandbox.simulation.tokens import Tokens

__all__ = ["Credentials", "credentials_of"]


@dataclass(frozen=True)
class Credentials:
    """Of one connection. Values are texts; an emulator compares what it is sent."""

    settings: dict[str, object]
    secrets: dict[str, str]


def credentials_of(  # noqa: PLR0911 - one per source
    company: Company, slug: str, tokens: Tokens, base_url: str
) -> Credentials:
    """The settings and secrets of `slug`, with the addresses of this sandbox."""

    def secret(name: str, prefix: str = "") -> str:
        return prefix + tokens.secret(company.slug, slug, name)

    google: dict[str, object] = {"token_url": f"{base_url}/google/token"}
    google_secrets = {
        "client_secret": secret("client_secret", "GOCSPX-"),
        "refresh_token": secret("refresh_token", "1//"),
    }
    client_id = tokens.secret(company.slug, slug, "client_id", 12)
    match slug:
        case "shopify":
            api_url = f"{base_url}/shopify/{company.shop}"
            return Credentials(
                {
                    "api_url": api_url,
                    "token_url": f"{api_url}/admin/oauth/access_token",
                    "shop": company.shop,
                    "client_id": client_id,
                },
                {"client_secret": secret("client_secret", "shpss_")},
            )
        case "meta_ads":
            return Credentials(
                {
                    "api_url": f"{base_url}/meta_ads",
                    "account_ids": [company.meta_account_id],
                    # Reports are made in no time here.
                    "poll_seconds": 0.01,
                },
                {"access_token": secret("access_token", "EAA")},
            )
        case "klaviyo":
            return Credentials(
                # Jobs are done in no time here.
                {"api_url": f"{base_url}/klaviyo", "poll_seconds": 0.01},
                {"api_key": secret("api_key", "pk_")},
            )
        case "google_ads":
            return Credentials(
                google
                | {
                    "api_url": f"{base_url}/google_ads",
                    "client_id": f"{client_id}.apps.googleusercontent.com",
                    "customer_ids": [company.google_customer_id],
                    "login_customer_id": company.google_login_customer_id,
                },
                google_secrets,
            )
        case "search_console":
            return Credentials(
                google
                | {
                    "api_url": f"{base_url}/search_console",
                    "client_id": f"{client_id}.apps.googleusercontent.com",
                    "site_urls": [company.site_url],
                    "brand_terms": list(company.brand_terms),
                },
                google_secrets,
            )
        case "calendar":
            return Credentials({"calendars": [company.calendar_id]}, {})
        case "weather":
            return Credentials(
                {
                    "api_url": f"{base_url}/weather",
                    "locations": [
                        {
                            "location_id": company.location_id,
                            "latitude": company.latitude,
                            "longitude": company.longitude,
                            "time_zone": company.time_zone,
                        }
                    ],
                },
                {},
            )
        case _:
            raise KeyError(f"no company of the sandbox has a connection {slug!r}")
