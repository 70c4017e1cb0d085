"""The facts of one company that a dashboard needs."""

from __future__ import annotations

from dataclasses import dataclass

from babel.numbers import get_currency_precision

__all__ = ["EXAMPLE", "Company"]


@dataclass(frozen=True)
class Company:
    """One row of ``ops.companies``, with the names it has in Metabase.

    ``plan`` is one of roles.yml: which pages its people may open.
    """

    company_id: str
    name: str
    currency_code: str
    plan: str = "pro"

    @property
    def role(self) -> str:
        """The login that may read this company's rows and no others."""
        return f"bi_{self.company_id}"

    @property
    def writer(self) -> str:
        """The login that may ask for this company's actions; its connection's name."""
        return f"actions_{self.company_id}"

    @property
    def collection(self) -> str:
        """Collection name; the id in it keeps two companies of one name apart."""
        return f"{self.name} ({self.company_id})"

    @property
    def connection(self) -> str:
        """Name of its database connection, and of its group, in Metabase."""
        return f"timonel_{self.company_id}"

    def words(self) -> dict[str, str | int]:
        """Values of the ``${company.…}`` keys in the content files."""
        return {
            "company.name": self.name,
            "company.collection": self.collection,
            "company.database": self.connection,
            "company.currency_code": self.currency_code,
            "company.currency_decimals": get_currency_precision(self.currency_code),
        }


EXAMPLE = Company("example", "Example", "EUR")
"""Stands in where the files are only checked, so that no database is needed."""
