"""Cards close up over those that are left out."""

from __future__ import annotations

from metabase.content.entities import Placement
from metabase.rendering.page_grid import closed_up

Place = tuple[int, int, int, int]


def _closed(*places: Place, out: tuple[int, ...] = ()) -> dict[int, Place]:
    """Where each is afterwards: row, column, width, height."""
    cards = [
        Placement(str(number), "card", row, col, width, height)
        for number, (row, col, width, height) in enumerate(places)
    ]
    kept = [card for number, card in enumerate(cards) if number not in out]
    return {
        int(at.entity_id): (at.row, at.col, at.size_x, at.size_y)
        for at in closed_up(cards, kept)
    }


def test_a_page_that_is_whole_stays_as_it_was_placed() -> None:
    places = [(0, 0, 6, 4), (0, 6, 18, 4), (4, 0, 24, 9)]

    assert _closed(*places) == dict(enumerate(places))


def test_neighbours_share_the_width_of_what_is_left_out() -> None:
    left = _closed((0, 0, 6, 4), (0, 6, 6, 4), (0, 12, 12, 4), out=(1,))

    # 6 and 12 of 18 are 8 and 16 of 24.
    assert left == {0: (0, 0, 8, 4), 2: (0, 8, 16, 4)}


def test_what_stands_below_moves_up() -> None:
    assert _closed((0, 0, 24, 4), (4, 0, 24, 9), (13, 0, 24, 2), out=(1,)) == {
        0: (0, 0, 24, 4),
        2: (4, 0, 24, 2),
    }


def test_a_tall_card_beside_two_keeps_its_columns() -> None:
    left = _closed(
        (0, 0, 12, 8), (0, 12, 6, 4), (0, 18, 6, 4), (4, 12, 12, 4), out=(1,)
    )

    assert left == {0: (0, 0, 12, 8), 2: (0, 18, 6, 4), 3: (4, 12, 12, 4)}


def test_what_stood_above_another_leaves_it_its_place_beside_a_tall_card() -> None:
    left = _closed((0, 0, 6, 4), (4, 0, 6, 4), (0, 6, 9, 8), (0, 15, 9, 8), out=(0,))

    assert left == {1: (0, 0, 6, 8), 2: (0, 6, 9, 8), 3: (0, 15, 9, 8)}


def test_nothing_is_left_of_nothing() -> None:
    assert _closed((0, 0, 12, 8), out=(0,)) == {}
