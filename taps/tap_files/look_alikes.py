"""Exports that look like a log of purchases and are none: payouts, customers, products.

They are refused with the export to take instead, unless a setting says what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.wording import is_header_of, normalised
from taps.yaml_files import parsed_text

__all__ = ["LookAlike", "load_look_alikes", "refuse_look_alikes"]

_FILE = Path(__file__).parent / "look_alikes.yml"


@dataclass(frozen=True, kw_only=True)
class LookAlike:
    """One program's export that is no log of purchases.

    Attributes
    ----------
    source : page that tells of it.
    marks : groups of headers; a file is of this kind if it has one of each group.
    because : why its money is not that of the orders.
    instead : where its program exports what is to be read.
    """

    title: str
    source: str
    marks: Sequence[Sequence[str]]
    because: str
    instead: str

    def fits(self, keys: Sequence[str]) -> bool:
        """Whether a header, normalised, is that of this export."""
        return all(
            any(is_header_of(key, mark) for mark in marks for key in keys)
            for marks in self.marks
        )


@cache
def load_look_alikes() -> tuple[LookAlike, ...]:
    """Those that are declared beside this module, in order."""
    return tuple(LookAlike(**told) for told in parsed_text(_FILE.read_text("utf-8")))


def refuse_look_alikes(name: str, header: Sequence[str], settings: Settings) -> None:
    """Raise FileError where a header is of one, and nobody says what it holds."""
    is_told = settings.columns or settings.preset != AUTO or settings.contract != AUTO
    if is_told:
        return
    keys = [normalised(cell) for cell in header]
    for each in load_look_alikes():
        if each.fits(keys):
            problem = f"this is the export {each.title!r}: {each.because}"
            remedy = (
                f"Take {each.instead}; if it is to be read nevertheless, say as what "
                "with the setting contract, and columns.<column>=<column of the file>"
            )
            raise FileError(name, problem, remedy=remedy)
