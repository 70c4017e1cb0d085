"""YAML read by the C loader where it was built: ten times as fast, and as safe."""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["parsed_text"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed_text(text: str) -> Any:
    """What a text says.

    Raises
    ------
    yaml.YAMLError
    """
    return yaml.load(text, _LOADER)  # noqa: S506 (the safe one, in C)
