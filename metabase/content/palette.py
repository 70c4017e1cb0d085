"""Every colour of the pages, by what it means; nothing uses another.

A colour has one meaning: what is good, doubtful or bad is never the colour of a series,
and a series is never told by one of those.
"""

from __future__ import annotations

__all__ = ["COLORS", "MEANINGS", "SERIES_COLORS"]

SERIES_COLORS = (
    *("#2f6690", "#c8553d", "#7a9e46", "#e0a030", "#6c5b7b", "#5aa9a3"),
    *("#9c6b4e", "#d98cb3", "#3d5a6c", "#8fb8de", "#b5a642", "#7f8c8d"),
)
"""Series in their order, told apart by colour-blind people too."""

MEANINGS = {
    "good": ("#cde8d0",),
    "warn": ("#fff3d1", "#b7791f"),
    # Between doubtful and bad.
    "poor": ("#fbdcb5", "#c7621d"),
    "bad": ("#f6cdc6", "#c0392b"),
    "neutral": ("#e3e8ea",),
    "series": SERIES_COLORS,
    # The ends of a range, and what a series is compared with.
    "range": ("#8aa9c0", "#b8c4cc"),
    # From few to many, in the cells of a table.
    "amount": ("#ffffff", "#7fb2d9"),
    "text": ("#1c2b33", "#4a5a63"),
    "accent": ("#1f4e70",),
    "focus": ("#f2a33a",),
    "paper": ("#f5f7f7", "#fff", "#edf1f2", "#dfe5e7"),
    "shadow": ("#0b1f2c",),
}
"""What each colour says, as ``#rrggbb``; the first of several is the ground."""

COLORS = frozenset(color for colors in MEANINGS.values() for color in colors)
"""All of them."""
