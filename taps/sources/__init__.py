"""The sources: ``<slug>.yml`` declares each, and names the tap that reads it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from singer_sdk import Tap

__all__ = ["FOLDER", "slugs", "tap_class"]

FOLDER = Path(__file__).parent


def slugs() -> list[str]:
    """The names of all sources."""
    return sorted(file.stem for file in FOLDER.glob("*.yml"))


def tap_class(slug: str) -> type[Tap]:
    """The tap that reads a source; it is imported now."""
    told = yaml.safe_load((FOLDER / f"{slug}.yml").read_text(encoding="utf-8"))
    module, _, name = str(told["tap"]).partition(":")
    found: type[Tap] = getattr(import_module(module), name)
    return found
