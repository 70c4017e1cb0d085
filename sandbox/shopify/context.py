"""What answering one request needs to know besides the query."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from sandbox.faults import Fault
from sandbox.shopify.documents import moment_text
from sandbox.shopify.facts import (
    CheckoutFacts,
    CustomerFacts,
    DiscountFacts,
    OrderFacts,
)
from sandbox.simulation.companies import Company
from sandbox.simulation.world import World
from sandbox.store import Store

__all__ = ["COLLECTIONS", "Context", "decoder_of"]

COLLECTIONS: Final[dict[str, type[msgspec.Struct]]] = {
    "orders": OrderFacts,
    "customers": CustomerFacts,
    "checkouts": CheckoutFacts,
    "discounts": DiscountFacts,
}
_DECODERS: Final = {
    name: msgspec.json.Decoder(facts) for name, facts in COLLECTIONS.items()
}
_Facts = TypeVar("_Facts", OrderFacts, CustomerFacts, CheckoutFacts, DiscountFacts)


def decoder_of(collection: str) -> msgspec.json.Decoder[Any]:
    """Reads the documents of a collection."""
    return _DECODERS[collection]


@dataclass
class Context:
    """One request: whose shop it asks, when, under which version, with which rights.

    `errors` and `warnings` collect what has to be said beside the data.
    """

    world: World
    company: Company
    version: str
    path: str
    now: datetime
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    is_bulk: bool = False

    @property
    def store(self) -> Store:
        """Where the documents are."""
        return self.world.store

    def has_scope(self, scope: str) -> bool:
        """Whether the app was granted this access scope."""
        return scope in self.company.scopes

    def fault(self, kind: str) -> Fault | None:
        """The fault that strikes this request; asking is striking."""
        return self.world.faults.active(kind, self.path)

    def get(self, collection: str, identifier: str) -> Any:
        """The facts of one document, or None."""
        document = self.store.get(
            self.company.slug, f"shopify/{collection}", identifier
        )
        return (
            None if document is None else decoder_of(collection).decode(document.body)
        )

    def skewed(self, facts: _Facts, skew: timedelta) -> _Facts:
        """The facts as a clock that is `skew` ahead would have stamped them."""
        stamped = datetime.fromisoformat(facts.updated_at) + skew
        facts.updated_at = moment_text(stamped)
        return facts
