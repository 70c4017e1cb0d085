"""YAML files, of which each text is parsed once in a process.

What was parsed is found by the text itself: a file that changes on disk is seen, and
copies of a folder are parsed as one.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["parsed"]

# Ten times as fast as the one in Python, and as safe; not everywhere built.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXTS_KEPT = 1024


def parsed(path: Path) -> Any:
    """What a file says, as a value of the caller's own, who may change it.

    Raises
    ------
    OSError, yaml.YAMLError
    """
    return _copied(_parsed(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=_TEXTS_KEPT)
def _parsed(text: str) -> Any:
    return yaml.load(text, _LOADER)  # noqa: S506 (the safe one, in C)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
