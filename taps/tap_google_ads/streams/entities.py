"""What campaigns, ad groups and conversion actions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from taps.api_source.schemas import Column, instant, schema, text
from taps.api_source.streams import SourceStream
from taps.api_source.whole_reads import Record, read_whole
from taps.tap_google_ads.customers import Customer
from taps.tap_google_ads.figures import text_of, whole
from taps.tap_google_ads.queries import Query

if TYPE_CHECKING:
    from taps.tap_google_ads.tap import TapGoogleAds

__all__ = ["ENTITY_KEY", "EntitiesStream", "entity_schema"]

ENTITY_KEY = ("customer_id", "id")


def entity_schema(what: str, *extra: Column) -> dict[str, Any]:
    """The schema of one kind.

    Parameters
    ----------
    what
        campaign, ad group or conversion action.
    extra
        Columns that only this kind has.
    """
    return schema(
        (
            text("customer_id", "Customer, digits only."),
            text("id", f"Id of the {what}."),
            text("name", f"Name of the {what} now; it may change."),
            text("status", "Status: ENABLED, PAUSED, REMOVED, HIDDEN."),
            *extra,
            instant("read_at", "When it was read."),
        ),
        ENTITY_KEY,
    )


class EntitiesStream(SourceStream):
    """One kind, read whole each time, removed ones too."""

    primary_keys = ENTITY_KEY
    replication_key = "read_at"
    resource: ClassVar[str]
    #: GAQL field by column, for texts.
    texts: ClassVar[Mapping[str, str]]
    #: GAQL field by column, for whole numbers.
    wholes: ClassVar[Mapping[str, str]] = {}
    _tap: TapGoogleAds

    def read(self) -> None:
        """Write everything of every customer."""
        for customer in self._tap.customers:
            if customer.id not in self._tap.failures:
                with self._tap.failures.of(customer.id):
                    self._read_customer(customer)

    def _read_customer(self, customer: Customer) -> None:
        read_at = datetime.now(UTC)
        records = read_whole(
            lambda: self._records(customer),
            ENTITY_KEY,
            call=f"{self.name} of {customer.id}",
        )
        self.emit_all(record | {"read_at": read_at} for record in records)

    def _records(self, customer: Customer) -> list[Record]:
        fields = (*self.texts.values(), *self.wholes.values())
        asked = Query(fields, self.resource)
        login = customer.login_customer_id
        rows = self._tap.ads.rows(customer.id, asked, login=login)
        return [
            {
                "customer_id": customer.id,
                **{name: text_of(row[field]) for name, field in self.texts.items()},
                **{name: whole(row[field]) for name, field in self.wholes.items()},
            }
            for row in rows
        ]
