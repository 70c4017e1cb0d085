"""What words of a status column mean for money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from taps.tap_files.wording import normalised, words_in
from taps.yaml_files import parsed_text

__all__ = ["COUNTED", "MEANINGS", "flag_of", "least_of", "meanings", "says_nothing"]
__all__ += ["TICKS", "YES", "says_no", "says_yes", "word_of"]

#: From least money to most: of an order's two states, the first one holds. A row that
#: is ``returned`` says what was given back of another, with a minus or without.
MEANINGS = (
    "left_out",
    "failed",
    "cancelled",
    "trial",
    "pending",
    "returned",
    "refunded",
    "partially_refunded",
    "paid",
)
_PLACES = "places"
_NOTHING = frozenset({"", "na", "nan", "nat", "null", "none"})
_FLAGS = {
    "cancelled": "cancelled canceled cancelado cancelada anulado anulada void voided "
    "deleted eliminado eliminada cancellation cancelacion anulacion storniert storno "
    "abandoned abandonado abandonada",
    "refunded": "refunded reembolsado reembolsada devuelto devuelta erstattet",
    "left_out": "test internal interno interna",
}
#: Words that a flag's header may have besides: cancelled_at, Fecha de anulación.
_BESIDE = frozenset(
    {"is", "at", "on", "date", "order", "fecha", "de", "del", "pedido", "orden", "es"}
    | {"uso", "use", "mode", "modo"}
)
_FLAG_OF = {word: means for means, words in _FLAGS.items() for word in words.split()}
_CODE = re.compile(r"(?<=[^\W\d_])\s+[(\[#]?\d{3,}[)\]]?\s*$")
YES = frozenset(
    {"si", "s", "yes", "y", "true", "verdadero", "t", "x", "1", "ja", "sim", "oui"}
)
TICKS = frozenset("\u2713\u2714\u2611\u2705\u221a")
"""Ticks of all kinds."""
_NO = frozenset({"no", "n", "false", "falso", "f", "0", "nein", "nao"})
_BY = ("by", "por", "pelo", "pela", "par", "von", "durch", "da", "dal", "door")
_DASHES = "-_./*'\"\u2013\u2014\u00b7 "
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")
COUNTED = frozenset({"paid", "partially_refunded", "refunded"})


def meanings(*more: Mapping[str, str]) -> Mapping[str, str]:
    """Normalised word -> meaning; later mappings overrule the common ones."""
    found = _Meanings(_common())
    for mapping in more:
        found.update(
            {
                normalised(word) or word_of(word): means
                for word, means in mapping.items()
            }
        )
    return found


class _Meanings(dict[str, str]):
    """Words with what they mean; of who undid a sale, unless that is said itself.

    Marketplaces write ``Cancelled by buyer``, another name in each row.
    """

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or str(word).startswith(_undone_by())

    def __missing__(self, word: str) -> str:
        if word.startswith(_undone_by()):
            return "cancelled"
        raise KeyError(word)

    def get(self, word: str, default: Any = None) -> Any:
        """What a word means, or the default."""
        return self[word] if word in self else default  # noqa: SIM401 - this is it


@cache
def _undone_by() -> tuple[str, ...]:
    """How a word begins that says who undid a sale."""
    undone = (word for word, means in _common().items() if means == "cancelled")
    return tuple(word + by for word in undone for by in _BY if len(word) > 4)


@lru_cache(maxsize=20_000)
def word_of(text: str) -> str:
    """A cell of a status column as it is looked up: without the code behind it.

    Gateways write ``Autorizada 741936``, another number in each row. Words in other
    letters, and signs, are compared as they stand.
    """
    plain = _CODE.sub("", text)
    return normalised(plain) or plain.strip().strip(_DASHES).casefold()


def says_nothing(word: str) -> bool:
    """Whether a normalised word of a status column is none: a dash, or a place."""
    return word in _NOTHING or word in _places()


def flag_of(header: str) -> str | None:
    """What a yes, or a date, in a column means for its row: ``cancelled_at``."""
    words = words_in(header)
    found = {_FLAG_OF[word] for word in words if word in _FLAG_OF}
    is_flag = len(found) == 1 and not words - _FLAG_OF.keys() - _BESIDE
    return found.pop() if is_flag else None


def says_yes(text: str) -> bool:
    """Whether a flag is set: a yes, or the day it happened."""
    return normalised(text) in YES or _DATE.fullmatch(text.strip()) is not None


def says_no(text: str) -> bool:
    """Whether a flag is not set."""
    return normalised(text) in _NO or says_nothing(normalised(text))


def least_of(states: list[str]) -> str | None:
    """The state that says least money, or None."""
    return min(states, key=MEANINGS.index, default=None)


@cache
def _document() -> Mapping[str, list[str]]:
    document: Mapping[str, list[str]] = parsed_text(
        Path(__file__).with_suffix(".yml").read_text("utf-8")
    )
    return document


@cache
def _common() -> Mapping[str, str]:
    return {
        normalised(word): means
        for means, words in _document().items()
        for word in words
        if means != _PLACES
    }


@cache
def _places() -> frozenset[str]:
    return frozenset(map(normalised, _document()[_PLACES]))
