"""Where the cards of a report stand: side by side where they are small."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from metabase.content.entities import Card, Placement

__all__ = ["GRID_WIDTH", "arranged", "column_widths"]

GRID_WIDTH = 24
# A line of a table across the page, in letters of the larger of two sizes in points.
_LETTERS, _SIZE, _SMALLEST = 112, 8.5, 5.5
_LONGEST, _ROOM = 40, 2
_MOST_IN_A_ROW = {"number": 4, "small chart": 2, "wide": 1}


def arranged(
    cards: Sequence[Card],
) -> tuple[tuple[tuple[Card, Placement], ...], ...]:
    """Rows of cards with their places on a grid of 24 columns, in the given order.

    Four numbers or two small charts share a row; what has long names or many columns
    has one of its own.
    """
    rows: list[tuple[tuple[Card, Placement], ...]] = []
    for kind, group in groupby(cards, _kind):
        for row in _balanced(list(group), _MOST_IN_A_ROW[kind]):
            width = GRID_WIDTH // len(row)
            rows.append(
                tuple(
                    (card, _placed(card, len(rows), width * position, width))
                    for position, card in enumerate(row)
                )
            )
    return tuple(rows)


def _kind(card: Card) -> str:
    if card.display == "scalar":
        return "number"
    is_small = card.display in ("line", "bar") and len(card.dimensions) == 1
    return "small chart" if is_small else "wide"


def _balanced(cards: list[Card], most: int) -> list[list[Card]]:
    """Rows of nearly the same length: five are three and two, not four and one."""
    row_count = -(-len(cards) // most)
    short, longer = divmod(len(cards), row_count)
    lengths = [short + (position < longer) for position in range(row_count)]
    starts = [sum(lengths[:position]) for position in range(row_count)]
    return [
        cards[start : start + length]
        for start, length in zip(starts, lengths, strict=True)
    ]


def _placed(card: Card, row: int, col: int, width: int) -> Placement:
    return Placement(card.entity_id, card.entity_id, row, col, width, 1)


def column_widths(
    columns: Sequence[Sequence[str]], room: float = 1.0
) -> tuple[float, list[int]]:
    """How large a table is written, in points, and its columns' relative widths.

    Each column is given its longest word, and shares what is left by how much more it
    has to say. Where even the words do not fit, all of it is written smaller. ``room``
    is how wide the table is, as a share of an A4 page's text.
    """
    letters = max(1, round(_LETTERS * room))
    needs = [_ROOM + max(_longest_word(text) for text in texts) for texts in columns]
    wants = [
        max(need, _ROOM + min(_LONGEST, max(map(len, texts))))
        for need, texts in zip(needs, columns, strict=True)
    ]
    size = max(_SMALLEST, min(_SIZE, _SIZE * letters / max(1, sum(needs))))
    left = max(0, round(letters * _SIZE / size) - sum(needs))
    wanted = max(1, sum(wants) - sum(needs))
    widths = [
        need + min(1.0, left / wanted) * (want - need)
        for need, want in zip(needs, wants, strict=True)
    ]
    return round(size, 2), [max(1, round(10 * width)) for width in widths]


def _longest_word(text: str) -> int:
    # Only a plain space breaks a line: that between a number and its sign does not.
    return max(map(len, text.split(" ")))
