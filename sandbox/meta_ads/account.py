"""An ad account and everything in it, as of now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.ad_records import read_entities
from sandbox.meta_ads.access import SOURCE
from sandbox.meta_ads.statuses import Entities
from sandbox.simulation.companies import Company
from sandbox.simulation.records import AdEntity

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["AdAccount", "open_account"]

_ACTIVE = 1


@dataclass(frozen=True)
class AdAccount:
    """The account of a company; `now` is the moment it was looked at."""

    company: Company
    entities: Entities
    now: datetime

    @property
    def id(self) -> str:
        """Its number, without act_."""
        return self.company.meta_account_id

    @property
    def today(self) -> date:
        """The date on the account's calendar."""
        return self.now.astimezone(self.company.zone).date()

    def entity(self, identifier: str) -> AdEntity | None:
        """The campaign, ad set or ad with this id."""
        for entity in self.entities.values():
            if entity.id == identifier:
                return entity
        return None

    def document(self) -> dict[str, Any]:
        """Its fields."""
        local = self.now.astimezone(self.company.zone)
        offset = local.utcoffset() or timedelta()
        return {
            "id": f"act_{self.id}",
            "account_id": self.id,
            "name": self.company.name,
            "account_status": _ACTIVE,
            "currency": self.company.currency,
            "timezone_name": self.company.time_zone,
            "timezone_offset_hours_utc": offset.total_seconds() / 3_600,
            "business_name": self.company.name,
            "disable_reason": 0,
        }


def open_account(world: "World", company: Company) -> AdAccount:
    """The company's account with all its campaigns, ad sets and ads."""
    entities = read_entities(
        world.store, company.slug, SOURCE, account_id=company.meta_account_id
    )
    by_id = {(str(entity.level), entity.id): entity for entity in entities}
    return AdAccount(company, by_id, world.clock.now())
