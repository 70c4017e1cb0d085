"""Where a header has a column of a contract: by its names, in the company's currency.

Of money that is told in several currencies (``Spend (USD)`` beside ``Spend (EUR)``),
the column of the company's own is read, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
            return self._named(column, override)
        found = list(self._meaning(column, list(map(normalised, aliases))))
        is_money = column.currency_suffix and self.own is not None
        if found and is_money and self._is_of_others(found[0]):
            return next(filter(self._is_own, found), found[0])
        return next(iter(found), None)

    def _named(self, column: Column, override: str) -> Found | None:
        whole = [normalised(cell) for cell in self.header]
        wanted = normalised(override)
        if wanted not in whole:
            wanted = normalised(override.split("|", maxsplit=1)[0])
        if not wanted or wanted not in whole:
            return None
        # Signs are no letters: Total (€) and Total ($) are told apart as written.
        written = [cell.strip() for cell in self.header]
        is_there = override.strip() in written
        position = written.index(override.strip()) if is_there else whole.index(wanted)
        code = currency_in(self.header[position]) if column.currency_suffix else None
        return position, code

    def _meaning(self, column: Column, aliases: Sequence[str]) -> Iterator[Found]:
        """Every column that means this one, best first."""
        for alias in aliases:
            yield from ((at, None) for at, key in enumerate(self.keys) if key == alias)
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
