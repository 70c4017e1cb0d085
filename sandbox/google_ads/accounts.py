"""Customers: the manager account of a company and the one it advertises with."""

from dataclasses import dataclass
from typing import Any

from sandbox.simulation.companies import Company

__all__ = ["Account", "accounts_of"]


@dataclass(frozen=True)
class Account:
    """A customer, as Google Ads calls an account. A manager has no figures."""

    customer_id: str
    name: str
    currency_code: str
    time_zone: str
    is_manager: bool

    @property
    def resource_name(self) -> str:
        """How other resources refer to it."""
        return f"customers/{self.customer_id}"

    def attributes(self) -> dict[str, Any]:
        """Its fields by GAQL name."""
        return {
            "customer.resource_name": self.resource_name,
            "customer.id": int(self.customer_id),
            "customer.descriptive_name": self.name,
            "customer.currency_code": self.currency_code,
            "customer.time_zone": self.time_zone,
            "customer.manager": self.is_manager,
            "customer.test_account": False,
            "customer.status": "ENABLED",
            "customer.auto_tagging_enabled": True,
        }

    def as_client_of(self, seen_from: "Account") -> dict[str, Any]:
        """The `customer_client` fields that `seen_from` reads about it."""
        level = 0 if self == seen_from else 1
        return {
            "customer_client.resource_name": (
                f"{seen_from.resource_name}/customerClients/{self.customer_id}"
            ),
            "customer_client.client_customer": self.resource_name,
            "customer_client.id": int(self.customer_id),
            "customer_client.descriptive_name": self.name,
            "customer_client.currency_code": self.currency_code,
            "customer_client.time_zone": self.time_zone,
            "customer_client.manager": self.is_manager,
            "customer_client.test_account": False,
            "customer_client.hidden": False,
            "customer_client.level": level,
            "customer_client.status": "ENABLED",
        }


def accounts_of(company: Company) -> list[Account]:
    """The manager first, then the customer below it."""
    client = Account(
        company.google_customer_id,
        company.name,
        company.currency,
        company.time_zone,
        is_manager=False,
    )
    if not company.google_login_customer_id:
        return [client]
    manager = Account(
        company.google_login_customer_id,
        f"{company.name} (MCC)",
        company.currency,
        company.time_zone,
        is_manager=True,
    )
    return [manager, client]
