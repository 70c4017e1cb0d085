"""Text that was decoded with the wrong encoding before it reached the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ftfy.badness import is_bad

from taps.tap_files.problems import FileError
from taps.tap_files.tables import Cell

__all__ = ["MojibakeCount", "has_mojibake", "refuse_garbled_header"]

_LOST = "\ufffd"
_IDEOGRAPH = re.compile("[\u2e80-\u9fff]")
_AFTER_LATIN = 0x0250
_OF_MACINTOSH = re.compile("[a-z][\u2013\u2014][a-z]")
"""What ñ and ó of a Macintosh are when they are read as if they were of Windows."""
_FEW_ROWS = 3
_SMALL_SHARE = 0.1


def has_mojibake(cells: Iterable[Cell]) -> bool:
    """Whether a row holds garbled text, such as JosÃ© for José."""
    return any(
        isinstance(cell, str) and not cell.isascii() and _is_garbled(cell)
        for cell in cells
    )


def refuse_garbled_header(name: str, header: Iterable[Cell]) -> None:
    """Raise FileError for a header that nothing is recognised by, such as t铆tulo."""
    header = list(header)
    if any(isinstance(cell, str) and _OF_MACINTOSH.search(cell) for cell in header):
        problem = "the header is garbled, as text saved for Macintosh is"
        remedy = "Export it again as UTF-8, or set encoding=mac_roman"
        raise FileError(name, problem, remedy=remedy)
    if has_mojibake(header):
        problem = "the header is garbled: it was once read in the wrong encoding"
        raise FileError(name, problem, remedy="Export it again as UTF-8")


@lru_cache(maxsize=10_000)
def _is_garbled(text: str) -> bool:
    return _LOST in text or is_bad(text) or _was_read_as_gbk(text)


def _was_read_as_gbk(text: str) -> bool:
    """Whether a text is UTF-8 that somebody read as GBK, such as a帽o for año.

    Its bytes are UTF-8 of the Latin alphabet again, which those of Chinese are not.
    """
    if not _IDEOGRAPH.search(text):
        return False
    try:
        before = text.encode("gbk").decode("utf-8")
    except UnicodeError:
        return False
    return all(ord(letter) < _AFTER_LATIN for letter in before if letter.isalpha())


class MojibakeCount:
    """Tells a garbled file from a file with a few garbled rows."""

    def __init__(self) -> None:
        self._rows = self._accented = self._garbled = 0
        self._first_line: int | None = None

    def add(self, line: int, cells: Iterable[Cell]) -> None:
        """Count a row."""
        self._rows += 1
        if all(isinstance(cell, str) and cell.isascii() for cell in cells):
            return
        self._accented += 1
        if has_mojibake(cells):
            self._garbled += 1
            self._first_line = self._first_line or line

    def refuse_garbled_file(self, name: str, encoding: str) -> None:
        """Raise FileError when most rows with accents are garbled."""
        if (
            self._garbled < _FEW_ROWS
            or self._garbled <= self._accented / 2
            or self._garbled < self._rows * _SMALL_SHARE
        ):
            return
        cause = "it was once read in the wrong encoding"
        remedy = "Export it again as UTF-8"
        if encoding != "auto":
            cause = f"the setting encoding is {encoding}"
            remedy = "Set encoding to auto or utf-8, or export it again as UTF-8"
        problem = f"the text of {self._garbled} rows is garbled: {cause}"
        raise FileError(name, problem, remedy=remedy, line=self._first_line)
