"""Where a header has a column of a contract: by its names, in the company's currency.

Of money that is told in several currencies (``Spend (USD)`` beside ``Spend (EUR)``),
the column of the company's own is read, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from taps.tap_files.contract import Column
from taps.tap_files.values.currencies import currencies_of_sign, currency_codes
from taps.tap_files.wording import currency_in, normalised, sign_at_end

__all__ = ["Finder"]

Found = tuple[int, str | None]
"""A position, and the currency code that its header names."""


@dataclass(frozen=True)
class Finder:
    """Looks for columns in one header.

    Attributes
    ----------
    keys : the header's columns as they are compared.
    own : ISO 4217 code of the company's currency, or None.
    """

    header: Sequence[str]
    keys: Sequence[str]
    own: str | None = None

    def find(
        self, column: Column, aliases: Sequence[str], override: str | None
    ) -> Found | None:
        """The column that a setting names, or the best of those that mean it."""
        if override is not None:
            return _named(self.header, column, override)
        found = self._meaning(column, _normalised(tuple(aliases)))
        best = next(found, None)
        is_money = column.currency_suffix and self.own is not None
        if best is not None and is_money and self._is_of_others(best):
            return next(filter(self._is_own, found), best)
        return best

    def _meaning(self, column: Column, aliases: Sequence[str]) -> Iterator[Found]:
        """Every column that means this one, best first."""
        places = _places(tuple(self.keys))
        for alias in aliases:
            yield from ((at, None) for at in places.get(alias, ()))
            if column.currency_suffix:
                for position, key in enumerate(self.keys):
                    code = key[len(alias) :].upper()
                    if key.startswith(alias) and code in currency_codes():
                        yield position, code

    def _is_of_others(self, found: Found) -> bool:
        """Whether a header names a currency that is not the company's."""
        named = found[1] or sign_at_end(self.header[found[0]])
        return bool(named) and not self._is_own(found)

    def _is_own(self, found: Found) -> bool:
        position, code = found
        sign = sign_at_end(self.header[position])
        return self.own in ({code} if code else currencies_of_sign(sign))


def _named(header: Sequence[str], column: Column, override: str) -> Found | None:
    """The column that a setting names."""
    whole = [normalised(cell) for cell in header]
    wanted = normalised(override)
    if wanted not in whole and column.name == "status":
        wanted = normalised(override.split("|", maxsplit=1)[0])
    if not wanted or wanted not in whole:
        return None
    # Signs are no letters: Total (€) and Total ($) are told apart as written.
    written = [cell.strip() for cell in header]
    is_there = override.strip() in written
    position = written.index(override.strip()) if is_there else whole.index(wanted)
    code = currency_in(header[position]) if column.currency_suffix else None
    return position, code


@lru_cache(maxsize=4_000)
def _normalised(aliases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(normalised, aliases))


@lru_cache(maxsize=200)
def _places(keys: tuple[str, ...]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for position, key in enumerate(keys):
        places.setdefault(key, []).append(position)
    return places
