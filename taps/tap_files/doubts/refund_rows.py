"""What a column says was given back of sales, beside what other rows give back."""

from __future__ import annotations

from collections import defaultdict

from taps.tap_files.log_columns import is_negative
from taps.tap_files.sums.keyed_amounts import size_written

__all__ = ["RefundRows"]

_HALF_A_CENT = 0.005


class RefundRows:
    """Adds up both, as a program with a point for its decimals writes them."""

    def __init__(self) -> None:
        self._said: defaultdict[int, float] = defaultdict(float)
        self._given_back: defaultdict[int, float] = defaultdict(float)

    def add(self, position: int, text: str, amount: str) -> None:
        """Take what a row says in the column, and the row's own amount."""
        if is_negative(amount):
            self._given_back[position] += size_written(amount, ".")
        else:
            self._said[position] += size_written(text, ".")

    def say_the_same(self, position: int) -> bool:
        """Whether nothing is said of a sale that rows do not give back."""
        difference = self._said[position] - self._given_back[position]
        return not self._said[position] or abs(difference) < _HALF_A_CENT
