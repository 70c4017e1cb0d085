"""The world an emulator is given: documents, time, faults, companies, credentials."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.simulation.companies import COMPANIES, Company
from sandbox.simulation.credentials import Credentials, credentials_of
from sandbox.simulation.settling import settled
from sandbox.simulation.tokens import Tokens
from sandbox.store import Store

__all__ = ["UnknownCompany", "World"]


class UnknownCompany(LookupError):
    """No company of the sandbox is called that, or has that account."""


class World:
    """What `routes(world)` of an emulator builds on.

    `base_url` is where the server listens ("http://127.0.0.1:8600"); it is known by
    the time the first request comes.
    """

    def __init__(
        self,
        store: Store,
        *,
        anchor: date,
        seed: int,
        base_url: str = "",
        companies: Mapping[str, Company] = COMPANIES,
    ):
        self.store = store
        self.clock: Clock = store.clock
        self.faults = Faults()
        self.anchor = anchor
        self.seed = seed
        self.base_url = base_url
        self.companies = dict(companies)
        self.tokens = Tokens(seed, self.clock.now)
        #: What emulators keep that no API of theirs tells, for tests to look at.
        self.secrets_kept: dict[str, Any] = {}

    def company(self, slug: str) -> Company:
        """The company called `slug`."""
        if slug not in self.companies:
            raise UnknownCompany(f"the sandbox has no company {slug!r}")
        return self.companies[slug]

    def grant(self, slug: str, source: str, scopes: tuple[str, ...]) -> None:
        """Give a company's app, token or key exactly these rights."""
        rights = _rights(source)
        changed = replace(self.company(slug), **{rights: scopes})  # type: ignore[arg-type]
        self.companies[slug] = changed

    def grant_more(self, slug: str, source: str, scopes: tuple[str, ...]) -> None:
        """Give it these rights beside those that it has."""
        had = getattr(self.company(slug), _rights(source))
        self.grant(slug, source, tuple(dict.fromkeys((*had, *scopes))))

    def company_with(self, attribute: str, value: str) -> Company | None:
        """The company whose `attribute` ("shop", "meta_account_id") is `value`."""
        return next(
            (
                company
                for company in self.companies.values()
                if value and getattr(company, attribute) == value
            ),
            None,
        )

    def credentials(self, company: str, slug: str) -> Credentials:
        """Settings and secrets of a connection, as its owner knows them."""
        return credentials_of(self.company(company), slug, self.tokens, self.base_url)

    def truth(self) -> dict[str, Any]:
        """What is true of each company, by slug, as far as it is known by now."""
        told: dict[str, Any] = json.loads(self.store.fact("truth") or "{}")
        now = self.clock.now()
        return {company: settled(truth, now) for company, truth in told.items()}

    def refund_later(self, company: str, at: datetime, amount_minor: int) -> None:
        """Note a refund that the truth could not know: of a purchase it counts."""
        told = json.loads(self.store.fact("truth") or "{}")
        truth = told.get(company, {})
        truth.setdefault("later_refunds", []).append([at.isoformat(), amount_minor])
        self.store.keep_fact("truth", json.dumps(told | {company: truth}))


def _rights(source: str) -> str:
    """The attribute of a company that holds its rights at a source."""
    rights = {
        "shopify": "scopes",
        "meta_ads": "meta_permissions",
        "klaviyo": "klaviyo_scopes",
    }
    if source not in rights:
        raise UnknownCompany(f"{source!r} has no rights that could be granted")
    return rights[source]
