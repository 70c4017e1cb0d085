"""Ids of cards, places, tabs and parameters, which never change once a server has them.

They are derived from names. Those made before pages were compiled stand in
``pages/ids.yml``: customers' servers know their cards by them.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metabase.content.yaml_files import parsed

__all__ = ["COLLECTION_ID", "EntityIds", "derived_id"]

COLLECTION_ID = "zf0hNf1frLRYU9QlV_vmv"
"""The folder that stands for a company's own."""

_LENGTH = 21
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "parameters.timonel.example")


def derived_id(kind: str, name: str) -> str:
    """A NanoID as Metabase makes them: 21 signs of A-Z, a-z, 0-9, _ and -."""
    digest = hashlib.sha256(f"{kind}/{name}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_LENGTH]


class EntityIds:
    """Ids by name: those kept, else derived ones."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        self._kept = kept

    @classmethod
    def read(cls, root: Path) -> EntityIds:
        """Read ``pages/ids.yml``; a folder without one has only derived ids."""
        path = root / "pages" / "ids.yml"
        return cls(parsed(path) if path.exists() else {})

    def card(self, name: str) -> str:
        """Of a card."""
        return self._of("cards", name)

    def place(self, page: str, card: str) -> str:
        """Of the place of a card on a page."""
        return self._of("places", card, page)

    def tab(self, page: str, tab: str) -> str:
        """Of a tab."""
        return self._of("tabs", tab, page)

    def parameter(self, slug: str) -> str:
        """Of what the reader may choose, the same on all pages: a UUID."""
        kept = self._kept.get("parameters", {}).get(slug)
        return str(kept or uuid.uuid5(_NAMESPACE, slug))

    def _of(self, kind: str, name: str, page: str = "") -> str:
        kept = self._kept.get(kind, {})
        if page:
            kept = kept.get(page, {})
        return str(kept.get(name) or derived_id(kind, f"{page}/{name}"))
