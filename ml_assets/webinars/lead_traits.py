"""Who leads are by what they said when they registered, and where they came from.

Industry, size of company, how much they decide; the channel of the registration. Known
before the webinar began, so that no outcome is in it. Words are compared without
blanks and capitals; each of the more frequent ones is a feature, 1 or 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence
from ml_assets.webinars.leads import Floats

__all__ = [
    "CHANNELS",
    "TRAITS",
    "says_channels",
    "says_traits",
    "trait_features",
]

TRAITS: Final = ("industry", "company_size", "job_level")
CHANNELS: Final = ("channel_id",)
#: People of a word before it is one of its own; the others are as the usual word.
FEWEST_OF_A_WORD: Final = 30
#: Words of a trait, beside the usual one, whose weights are learned.
MOST_WORDS: Final = 5


def trait_features(
    people: pd.DataFrame, before: pd.DataFrame, traits: Sequence[str] = TRAITS
) -> tuple[Floats, tuple[str, ...]]:
    """Features of people and their names, by the words of those ``before``.

    Returns
    -------
    tuple
        Shape (people, words), and names by number: what people wrote may be anything.
        None where nobody said, or all said the same.
    """
    columns, names = [], []
    for trait in traits:
        counts = _words(before, trait).value_counts()
        words = sorted(counts[counts >= FEWEST_OF_A_WORD].items(), key=_by_count)
        said = _words(people, trait)
        for place, (word, _) in enumerate(words[1 : MOST_WORDS + 1], 1):
            columns.append((said == word).fillna(False).to_numpy(np.float64))
            names.append(f"{trait}_{place}")
    shape = (len(people), 0)
    return np.column_stack(columns) if columns else np.empty(shape), tuple(names)


def says_traits(people: pd.DataFrame, is_used: bool | None) -> Sentence | None:
    """Of how many each is known, and whether they count; None where of nobody."""
    known = {trait: int(_words(people, trait).notna().sum()) for trait in TRAITS}
    if not any(known.values()):
        return None
    return Sentence(
        "traits.told",
        "Of {people:,} attendees industry is known of {industry:,}, size of company of "
        "{company_size:,}, position of {job_level:,}. {used}",
        people=len(people),
        **known,
        used=_USES[is_used],
    )


def says_channels(people: pd.DataFrame, is_used: bool | None) -> Sentence | None:
    """The same of where they came from."""
    known = int(_words(people, *CHANNELS).notna().sum())
    if not known:
        return None
    return Sentence(
        "traits.channels",
        "Channels they came by: known of {known:,} of {people:,} attendees. {used}",
        known=known,
        people=len(people),
        used=_USES[is_used],
    )


_USES: Final = {
    None: Sentence(
        "traits.untried",
        "They do not count yet: too few webinars tell whether they help.",
    ),
    True: Sentence(
        "traits.help", "They count: of past webinars the score was nearer with them."
    ),
    False: Sentence(
        "traits.no_help",
        "They do not count: of past webinars the score was no nearer with them.",
    ),
}


def _words(people: pd.DataFrame, trait: str) -> pd.Series:
    if trait not in people:
        return pd.Series(None, index=people.index, dtype=object)
    words = people[trait].astype("string").str.strip().str.lower()
    return words.mask(words == "")


def _by_count(each: tuple[object, int]) -> tuple[int, str]:
    """The most frequent first; of as many, by the word."""
    return -each[1], str(each[0])
