"""Tells the queries of people who already know the brand from all others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["BrandTerms"]

_APART = r"[\W_]*"
_WORD = re.compile(r"[^\W_]+")


class BrandTerms:
    """The names of a brand.

    A query is a brand query when it contains a term as whole words: ``Tienda Norte``
    is in "tienda norte opiniones", "tiendanorte.com" and "TIENDA-NORTE", and ``On``
    is not in "london". Without terms nothing is known of any query.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        words = [_WORD.findall(_folded(term)) for term in terms]
        alternatives = [_APART.join(map(re.escape, found)) for found in words if found]
        self._pattern = (
            re.compile(rf"(?<![^\W_])(?:{'|'.join(alternatives)})(?![^\W_])")
            if alternatives
            else None
        )

    def in_query(self, query: str) -> bool | None:
        """Whether the query names the brand; None if no terms are set."""
        if self._pattern is None:
            return None
        return self._pattern.search(_folded(query)) is not None


def _folded(text: str) -> str:
    """The text in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
