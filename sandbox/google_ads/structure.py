"""The account's campaigns, ad groups and ads, removed ones included."""

from typing import Any, Final

from sandbox.google_ads.accounts import Account
from sandbox.google_ads.conversions import CONVERSION_ACTIONS
from sandbox.simulation.records import AdEntity, AdLevel

__all__ = ["Structure"]

_STATUS: Final = {"ACTIVE": "ENABLED", "PAUSED": "PAUSED", "REMOVED": "REMOVED"}
_SERVING: Final = {"ACTIVE": "SERVING", "PAUSED": "SUSPENDED", "REMOVED": "ENDED"}
_AD_GROUP_TYPE: Final = {
    "SEARCH": "SEARCH_STANDARD",
    "SHOPPING": "SHOPPING_PRODUCT_ADS",
    "VIDEO": "VIDEO_RESPONSIVE",
}
_AD_TYPE: Final = {"SEARCH": "RESPONSIVE_SEARCH_AD", "SHOPPING": "SHOPPING_PRODUCT_AD"}
_LEVEL: Final[dict[str, AdLevel]] = {
    "campaign": "campaign",
    "ad_group": "adset",
    "ad_group_ad": "ad",
}


class Structure:
    """Answers which things a resource has, and what is said of each."""

    def __init__(
        self, account: Account, clients: list[Account], entities: list[AdEntity]
    ) -> None:
        self._account = account
        self._clients = clients
        self._entities = {(found.level, found.id): found for found in entities}

    def ids(self, resource: str) -> list[str]:
        """The ids of a resource that has metrics."""
        if resource == "customer":
            return [self._account.customer_id]
        level = _LEVEL[resource]
        return [found for at, found in self._entities if at == level]

    def rows(self, resource: str) -> list[dict[str, Any]]:
        """One row per thing, without metrics."""
        if resource == "customer_client":
            return [client.as_client_of(self._account) for client in self._clients]
        if resource == "conversion_action":
            if self._account.is_manager:
                return []
            customer_id = self._account.customer_id
            return [action.attributes(customer_id) for action in CONVERSION_ACTIONS]
        return [self.attributes(resource, found) for found in self.ids(resource)]

    def attributes(self, resource: str, identifier: str) -> dict[str, Any]:
        """The fields of a thing and of what it belongs to, the customer aside."""
        if resource == "customer":
            return {}
        entity = self._entities[_LEVEL[resource], identifier]
        found = self._campaign(entity)
        if entity.adset_id or entity.level == "adset":
            found |= self._ad_group(entity)
        if entity.level == "ad":
            found |= self._ad(entity)
        return found

    def _campaign(self, entity: AdEntity) -> dict[str, Any]:
        campaign = self._entities["campaign", entity.campaign_id]
        return {
            "campaign.resource_name": self._name("campaigns", campaign.id),
            "campaign.id": int(campaign.id),
            "campaign.name": campaign.name,
            "campaign.status": _STATUS[campaign.status],
            "campaign.serving_status": _SERVING[campaign.status],
            "campaign.advertising_channel_type": campaign.kind,
        }

    def _ad_group(self, entity: AdEntity) -> dict[str, Any]:
        identifier = entity.id if entity.level == "adset" else entity.adset_id
        group = self._entities["adset", str(identifier)]
        return {
            "ad_group.resource_name": self._name("adGroups", group.id),
            "ad_group.id": int(group.id),
            "ad_group.name": group.name,
            "ad_group.status": _STATUS[group.status],
            "ad_group.type": _AD_GROUP_TYPE.get(group.kind, "UNSPECIFIED"),
            "ad_group.campaign": self._name("campaigns", group.campaign_id),
        }

    def _ad(self, entity: AdEntity) -> dict[str, Any]:
        ad_name = self._name("ads", entity.id)
        return {
            "ad_group_ad.resource_name": self._name(
                "adGroupAds", f"{entity.adset_id}~{entity.id}"
            ),
            "ad_group_ad.status": _STATUS[entity.status],
            "ad_group_ad.ad_group": self._name("adGroups", str(entity.adset_id)),
            "ad_group_ad.ad.resource_name": ad_name,
            "ad_group_ad.ad.id": int(entity.id),
            "ad_group_ad.ad.name": entity.name,
            "ad_group_ad.ad.type": _AD_TYPE.get(entity.kind, "UNKNOWN"),
        }

    def _name(self, collection: str, identifier: str) -> str:
        return f"{self._account.resource_name}/{collection}/{identifier}"
