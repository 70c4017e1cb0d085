"""YAML read by the C loader where it was built: ten times as fast, and as safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

__all__ = ["parsed", "parsed_text"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed(path: Path) -> Any:
    """What a file says."""
    return parsed_text(path.read_text(encoding="utf-8"))


def parsed_text(text: str) -> Any:
    """What a text says."""
    return yaml.load(text, _LOADER)  # noqa: S506 (the safe one, in C)
