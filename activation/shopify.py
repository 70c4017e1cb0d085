"""Shopify: a tag on each customer, so that the shop can make a segment of them.

Source: shopify.dev, GraphQL Admin API 2026-10, mutations tagsAdd and tagsRemove
(access scope write_customers); "Shopify API limits": a mutation costs 10 points.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from activation.places import Access, Batch, Refusal, Row, without_people
from taps.tap_shopify.client import ATTEMPTS, ShopifyClient
from taps.tap_shopify.settings import SETTINGS

__all__ = ["Shopify", "granted", "shop_client"]

_NEEDED = ("write_customers",)
# A tenth of what the smallest plan lets an app spend at once.
_TOGETHER = 20
_SHOP = """query Shop {
  shop { name }
  currentAppInstallation { accessScopes { handle } }
}"""


class _Scope(msgspec.Struct):
    handle: str


class _Installation(msgspec.Struct, rename="camel"):
    access_scopes: list[_Scope]


class _Shop(msgspec.Struct):
    name: str


class _Start(msgspec.Struct, rename="camel"):
    shop: _Shop
    current_app_installation: _Installation


class _UserError(msgspec.Struct):
    message: str


class _Tagged(msgspec.Struct, rename="camel"):
    user_errors: list[_UserError]


class Shopify:
    """One shop, with the access of the connection that reads it.

    Parameters
    ----------
    config
        The settings of tap-shopify.
    """

    def __init__(
        self, config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = shop_client(config, sleep)

    def check(self) -> Access:
        """See the shop and the scopes of the app."""
        return granted(self._client, _NEEDED)

    def open(self, name: str) -> str:
        """The tag itself: it is there as soon as a customer has it."""
        return name

    def add(self, list_id: str, rows: Sequence[Row], batch: Batch) -> list[Refusal]:
        """Tag customers; who has the tag keeps it once."""
        return self._each("tagsAdd", list_id, rows, f"part {batch.number}")

    def remove(self, list_id: str, rows: Sequence[Row]) -> list[Refusal]:
        """Take the tag from customers; who has none stays as they are."""
        return self._each("tagsRemove", list_id, rows, "taken back")

    def _each(
        self, mutation: str, tag: str, rows: Sequence[Row], words: str
    ) -> list[Refusal]:
        refused = []
        for start in range(0, len(rows), _TOGETHER):
            part = rows[start : start + _TOGETHER]
            call = f"tags of {len(part)} customers, {words}"
            told = self._client.query(
                _mutation(mutation, len(part)),
                {"tags": [tag]}
                | {f"id{number}": row["id"] for number, row in enumerate(part)},
                call,
                dict[str, _Tagged],
            ).data
            for number in range(len(part)):
                errors = told[f"c{number}"].user_errors
                if errors:
                    words = "; ".join(each.message for each in errors)
                    refused.append(Refusal(without_people(words), start + number))
        return refused


def shop_client(
    config: Mapping[str, Any],
    sleep: Callable[[float], None],
    *,
    attempts: int = ATTEMPTS,
) -> ShopifyClient:
    """The tap's client with the tap's defaults."""
    defaults = {
        name: setting["default"]
        for name, setting in SETTINGS["properties"].items()
        if "default" in setting
    }
    told = {**defaults, **{k: v for k, v in config.items() if v is not None}}
    return ShopifyClient(told, logging.getLogger("shopify"), sleep, attempts=attempts)


def granted(client: ShopifyClient, needed: Sequence[str]) -> Access:
    """Whose shop it is, and which scopes the app lacks."""
    told = client.query(_SHOP, {}, "shop", _Start).data
    scopes = {each.handle for each in told.current_app_installation.access_scopes}
    return Access(told.shop.name, tuple(s for s in needed if s not in scopes))


def _mutation(name: str, count: int) -> str:
    ids = ", ".join(f"$id{number}: ID!" for number in range(count))
    fields = "\n".join(
        f"  c{number}: {name}(id: $id{number}, tags: $tags) "
        "{ userErrors { field message } }"
        for number in range(count)
    )
    return f"mutation Tag($tags: [String!]!, {ids}) {{\n{fields}\n}}"
