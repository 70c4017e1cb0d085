"""The little of the REST Admin API that clients of GraphQL still call."""

from datetime import datetime
from typing import Any

from sandbox.simulation.companies import Company

__all__ = ["access_scopes", "shop"]


def shop(company: Company, now: datetime) -> dict[str, Any]:
    """`GET /admin/api/{version}/shop.json`."""
    local = now.astimezone(company.zone)
    offset = local.strftime("%z")
    return {
        "shop": {
            "id": company.shop_id,
            "name": company.name,
            "email": f"owner@{company.shop}.example",
            "customer_email": f"hello@{company.shop}.example",
            "shop_owner": "Sandbox Owner",
            "domain": f"{company.shop}.myshopify.com",
            "myshopify_domain": f"{company.shop}.myshopify.com",
            "country": company.country_code,
            "country_code": company.country_code,
            "province_code": company.province_code,
            "currency": company.currency,
            "enabled_presentment_currencies": [
                company.currency,
                *(other.currency for other in company.presentments),
            ],
            "timezone": f"(GMT{offset[:3]}:{offset[3:]}) {company.time_zone}",
            "iana_timezone": company.time_zone,
            "money_format": "{{amount}}",
            "taxes_included": True,
            "plan_name": company.plan.lower().replace(" ", "_"),
            "plan_display_name": company.plan,
            "created_at": "2020-01-01T00:00:00Z",
            "updated_at": "2020-01-01T00:00:00Z",
            "primary_locale": "en",
        }
    }


def access_scopes(company: Company) -> dict[str, Any]:
    """`GET /admin/oauth/access_scopes.json`."""
    return {"access_scopes": [{"handle": scope} for scope in company.scopes]}
