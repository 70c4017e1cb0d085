"""What gates say, in a language of the labels: `metabase/labels/gates`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from ml_assets.sentences import Sentence, Wording
from orchestration.lib.core.translations import read_words

__all__ = ["in_spanish", "spoken"]


def in_spanish(parts: str | Iterable[str], between: str = " ") -> str | None:
    """A sentence, or several, for readers of Spanish; None when there is nothing."""
    found = [parts] if isinstance(parts, str) else parts
    return between.join(spoken(one, "es") for one in found) or None


def spoken(text: str, language: str) -> str:
    """The sentence in a language; as it stands where it has no words in it."""
    return _Spoken(language, read_words(language, of="gates")).say(text)


class _Spoken(Wording):
    """Numbers with the language's signs, dates as it writes them."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self._language, self._words = language, words
        self._signs = str.maketrans(
            {
                ",": get_group_symbol(language),
                ".": get_decimal_symbol(language),
                "%": " %",
            }
        )

    def say(self, text: str) -> str:
        if not isinstance(text, Sentence):
            return str(text)
        # No fit fails for want of a word: what is not translated stays English.
        template = self._words.get(text.key, text.template)
        return self.vformat(template, (), text.values)

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Sentence):
            return self.say(value)
        if isinstance(value, dt.date):
            return str(format_date(value, "d MMM y", locale=self._language))
        shown = super().format_field(value, format_spec)
        return shown.translate(self._signs) if isinstance(value, Number) else shown
