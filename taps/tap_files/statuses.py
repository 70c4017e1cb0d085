"""What words of a status column mean for money."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from taps.tap_files.wording import normalised

__all__ = ["COUNTED", "MEANINGS", "least_of", "meanings", "says_nothing"]

#: From least money to most: of an order's two states, the first one holds.
MEANINGS = (
    "left_out",
    "failed",
    "cancelled",
    "trial",
    "pending",
    "refunded",
    "partially_refunded",
    "paid",
)
_NOTHING = frozenset({"", "na", "nan", "nat", "null", "none"})
COUNTED = frozenset({"paid", "partially_refunded", "refunded"})


def meanings(*more: Mapping[str, str]) -> Mapping[str, str]:
    """Normalised word -> meaning; later mappings overrule the common ones."""
    found = dict(_common())
    for mapping in more:
        found |= {normalised(word): means for word, means in mapping.items()}
    return found


def says_nothing(word: str) -> bool:
    """Whether a normalised word of a status column is none, such as a dash."""
    return word in _NOTHING


def least_of(states: list[str]) -> str | None:
    """The state that says least money, or None."""
    return min(states, key=MEANINGS.index, default=None)


@cache
def _common() -> Mapping[str, str]:
    text = Path(__file__).with_suffix(".yml").read_text("utf-8")
    document: Mapping[str, list[str]] = yaml.safe_load(text)
    return {
        normalised(word): means for means, words in document.items() for word in words
    }
