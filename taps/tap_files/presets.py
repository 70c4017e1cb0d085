"""The declared presets: what well-known programs mean by the columns they export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from taps.tap_files.wording import is_header_of, normalised
from taps.yaml_files import parsed_text

__all__ = ["Asked", "Preset", "load_presets", "preset_of"]

_FOLDER = Path(__file__).parent / "presets"
_CODE = re.compile(r"\(([a-z]+(?:_[a-z]+)*)\)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A column that changes what a row is worth, where nobody tells how.

    Attributes
    ----------
    because : what is not known.
    unless : values that change nothing, beside none, no and 0.
    answer : the settings that say it; leaving the column out is offered in any case.
    is_said_in_rows : whether rows with a minus may give back the same; nothing is asked
        where they come to what the column says of the sales.
    alike : headers of what has one price; nothing is asked where rows of one price show
        whether the amount is of one or of all (see ``sums/seats.py``).
    """

    because: str
    unless: Sequence[str] = ()
    answer: str = ""
    is_said_in_rows: bool = False
    alike: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What is said of the taxes and the shipping in the amounts of a program.

    Attributes
    ----------
    plus : header of a tax or of shipping -> headers of money that belongs to it, as the
        tax of the shipping where a program tells it apart.
    is_untaxed : whether the amount is without taxes, which it does not tell.
    taxed_when : header -> values of rows whose amount holds the tax beside it; that of
        others is apart. Of no header: of every row.
    fees_are_negative : whether a fee is written with a minus, as a loss.
    """

    plus: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_untaxed: bool = False
    taxed_when: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fees_are_negative: bool = False

    def belonging(
        self, keys: Sequence[str], positions: Mapping[str, int]
    ) -> dict[str, tuple[int, ...]]:
        """Contract column -> position of what belongs to the header it is read from."""
        found: dict[str, tuple[int, ...]] = {}
        for column, position in positions.items():
            for header, others in self.plus.items():
                if keys[position] == normalised(header):
                    wanted = [key for key in map(normalised, others) if key in keys]
                    found[column] = tuple(keys.index(key) for key in wanted[:1])
        return found


@dataclass(frozen=True, kw_only=True)
class _Headers:
    """How headers of a program's export are compared.

    Attributes
    ----------
    marks : groups of headers; a file is of this preset if it has one of each group.
    is_coded : whether headers end with their code in brackets, which alone is compared:
        what stands before it changes from country to country.
    understood : headers of money or states that are rightly left out -> why.
    """

    marks: tuple[tuple[str, ...], ...]
    is_coded: bool = False
    understood: Mapping[str, str] = field(default_factory=dict)

    def keys_of(self, header: Sequence[str]) -> list[str]:
        """The columns of a header as this preset compares them."""
        codes = [_CODE.search(cell) if self.is_coded else None for cell in header]
        return [
            normalised(code[1] if code else cell)
            for cell, code in zip(header, codes, strict=True)
        ]

    def explains(self, header: str) -> str | None:
        """Why a column is rightly left out, or None."""
        (key,) = self.keys_of([header])
        known = self.understood.items()
        return next((why for each, why in known if normalised(each) == key), None)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header is that of this preset."""
        keys = self.keys_of(header)
        return all(
            any(is_header_of(key, mark) for mark in marks for key in keys)
            for marks in self.marks
        )


@dataclass(frozen=True, kw_only=True)
class _Rows(_Headers, _Parts):
    """What is said of the rows of one program's export.

    Attributes
    ----------
    statuses : words of its status columns -> what they mean (see ``statuses.yml``).
    spelled : contract column -> words of the program -> those of the contract.
    filled : contract columns of which a row holds one, or is set aside.
    constants : contract column -> what stands for it when the file has none; "" where
        nobody is told, as buyers by a marketplace or at a till.
    refers_to : headers of the id of the sale that a negative row gives back.
    refund_customer : headers of the customer of a negative row.
    gives_back : first states of rows that give a sale back. Where they are told, a
        negative row of another state was paid to somebody, and a positive one of these
        came back from them: neither is a sale.
    comes_back : first states of rows that undo what was given back, days later.
    left_out_when : header -> values of rows that are no sales, or none of the records.
    asked : header -> why a file is refused where it holds something.
    notes : what its reader should know.
    """

    statuses: Mapping[str, str] = field(default_factory=dict)
    spelled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    filled: Sequence[str] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    refers_to: Sequence[str] = ()
    refund_customer: Sequence[str] = ()
    gives_back: Sequence[str] = ()
    comes_back: Sequence[str] = ()
    left_out_when: Mapping[str, Sequence[str]] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def word_for(self, column: str, text: str) -> str:
        """The contract's word for what the program writes, or the text itself."""
        key = normalised(text)
        words = self.spelled.get(column, {})
        return next((w for said, w in words.items() if normalised(said) == key), text)


@dataclass(frozen=True, kw_only=True)
class Preset(_Rows):
    """One program's export: how its header is told, and what its columns mean.

    Attributes
    ----------
    source : page that tells its columns.
    contract : contract it fulfils.
    columns : contract column -> headers that mean it, best first; between stars a word
        that the header holds, as questions of surveys have one. Of texts and dates,
        the first that holds something counts; of statuses, the one that says least
        money.
    time : headers of the time of day, where it stands beside the date.
    time_zone : IANA zone that its times are in; None is the company's.
    amount_per : "line", or "order" where each row repeats its order's total.
    also, less : headers of money that is added to the amount, as shipping that a row
        tells apart, or taken off it whatever its sign, as discounts.
    kept : headers of what is left of the amount once something was given back; an
        empty one, or 0, says nothing.
    fees_back, costs_back : headers of fees of a sale that came back with a refund,
        which is told without them, and of costs that came back beside them or not:
        where the fees, some of the costs and it are the amount, all was given back.
    """

    name: str
    title: str
    source: str
    contract: str
    columns: Mapping[str, Sequence[str]]
    time: Sequence[str] = ()
    time_zone: str | None = None
    amount_per: str = "line"
    also: Sequence[str] = ()
    less: Sequence[str] = ()
    kept: Sequence[str] = ()
    fees_back: Sequence[str] = ()
    costs_back: Sequence[str] = ()

    def headers_of(self, column: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Headers that mean a column, best first.

        ``*recommend*`` is the one header that holds the word; none, where several do.
        """
        found: list[str] = []
        for header in self.columns.get(column, ()):
            if not header.startswith("*"):
                found.append(header)
                continue
            holding = [key for key in keys if normalised(header) in key]
            found += holding if len(holding) == 1 else []
        return tuple(found)


@cache
def load_presets() -> Mapping[str, Preset]:
    """Presets by name, read from the YAML files beside this module."""
    paths = sorted(_FOLDER.rglob("*.yml"), key=lambda path: path.name)
    return {path.stem: _preset(path) for path in paths}


def preset_of(header: Sequence[str], wanted: str, contract: str) -> Preset | None:
    """The preset of a header; of several, the one that asks for most.

    Parameters
    ----------
    wanted : name of a preset, "auto" or "none".
    contract : name of the contract the preset must fulfil, or "auto".
    """
    presets = load_presets()
    if wanted in presets:
        return presets[wanted]
    if wanted == "none":
        return None
    fitting = (e for e in _fitting(tuple(header)) if contract in {"auto", e.contract})
    return max(fitting, key=lambda each: len(each.marks), default=None)


@lru_cache(maxsize=500)
def _fitting(header: tuple[str, ...]) -> tuple[Preset, ...]:
    """Presets whose header it is; a file's own is asked of again and again."""
    return tuple(each for each in load_presets().values() if each.fits(header))


def _preset(path: Path) -> Preset:
    document: dict[str, Any] = parsed_text(path.read_text("utf-8"))
    marks = tuple(tuple(group) for group in document.pop("marks"))
    asked = {key: Asked(**told) for key, told in document.pop("asked", {}).items()}
    return Preset(name=path.stem, marks=marks, asked=asked, **document)
