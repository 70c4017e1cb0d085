"""Sentences that know what they say, so that they can be said in another language.

What a gate saw is worded in English beside the formula it judges by, and stays a `str`
for whoever only reads it. Its key and values go along: `metabase/labels/gates` words
the same key in other languages (decision 0105).
"""

from string import Formatter
from typing import Any

import numpy as np

__all__ = ["Sentence", "Wording", "quoted", "said"]


class Wording(Formatter):
    """`str.format`; what stands after the colon of a list goes between its parts."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value as its template wants it, such as `{share:.0%}` or `{names:, }`."""
        if isinstance(value, list | tuple):
            return format_spec.join(self.format_field(one, "") for one in value)
        return format(value, format_spec)


class Sentence(str):
    """English text, with the key and the values that it was made of.

    Parameters
    ----------
    key
        Dotted, first the gate it is of: ``enough_data.too_few``.
    template
        As of `Wording`; both literals, since a test holds them against the labels.
    values
        Numbers, dates, names, other sentences, and lists of these.
    """

    key: str
    template: str
    values: dict[str, Any]

    def __new__(cls, key: str, template: str, /, **values: Any) -> "Sentence":
        """Fill in the template."""
        sentence = super().__new__(cls, Wording().vformat(template, (), values))
        sentence.key, sentence.template, sentence.values = key, template, values
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        """What a copy is made of."""
        return (self.key, self.template), self.values

    def renamed(self, old: str, new: str) -> "Sentence":
        """The same with a part of the names in it replaced, at any depth."""
        values = {name: _renamed(one, old, new) for name, one in self.values.items()}
        return Sentence(self.key, self.template, **values)


def said(failure: Exception) -> Sentence:
    """What an error says, as the sentence it was raised with, if it was with one."""
    told = failure.args[0] if failure.args else ""
    if isinstance(told, Sentence):
        return told
    return Sentence("reasons.refused", "{text}", text=str(told))


def quoted(value: object) -> str:
    """A value that is refused as it was given: 'text', 1.5, never np.float64(1.5)."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, Sentence):
        return value.renamed(old, new)
    if isinstance(value, list | tuple):
        return [_renamed(one, old, new) for one in value]
    return value.replace(old, new) if isinstance(value, str) else value
