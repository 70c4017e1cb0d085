"""Text as a cell of a file that somebody opens in a spreadsheet."""

from __future__ import annotations

__all__ = ["text_cell"]

# A spreadsheet computes what begins so; blanks and the last three it passes over first.
_COMPUTED = tuple("=+-@\t\r\n")


def text_cell(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would compute it.

    For what people typed. Telephone numbers and amounts begin with a sign as well and
    harm nobody: they stay as they are.
    """
    is_computed = text.lstrip(" ").startswith(_COMPUTED)
    return f"'{text}" if is_computed else text
