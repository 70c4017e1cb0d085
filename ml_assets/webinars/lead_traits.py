"""Who leads are by what they said when they registered: industry, size of company.

Known before the webinar began, so that no outcome is in it. Words are compared without
blanks and capitals; each of the more frequent ones is a feature, 1 or 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence
from ml_assets.webinars.leads import Floats

__all__ = ["TRAITS", "says_traits", "trait_features"]

TRAITS: Final = ("industry", "company_size")
#: People of a word before it is one of its own; the others are as the usual word.
FEWEST_OF_A_WORD: Final = 30
#: Words of a trait, beside the usual one, whose weights are learned.
MOST_WORDS: Final = 5


def trait_features(
    people: pd.DataFrame, before: pd.DataFrame
) -> tuple[Floats, tuple[str, ...]]:
    """Features of people and their names, by the words of those ``before``.

    Returns
    -------
    tuple
        Shape (people, words), and names by number: what people wrote may be anything.
        None where nobody said, or all said the same.
    """
    columns, names = [], []
    for trait in TRAITS:
        counts = _words(before, trait).value_counts()
        words = sorted(counts[counts >= FEWEST_OF_A_WORD].items(), key=_by_count)
        said = _words(people, trait)
        for place, (word, _) in enumerate(words[1 : MOST_WORDS + 1], 1):
            columns.append((said == word).fillna(False).to_numpy(np.float64))
            names.append(f"{trait}_{place}")
    shape = (len(people), 0)
    return np.column_stack(columns) if columns else np.empty(shape), tuple(names)


def says_traits(people: pd.DataFrame, is_used: bool | None) -> Sentence | None:
    """Of how many it is known, and whether it counts; None where it is of nobody."""
    told = pd.concat([_words(people, trait).notna() for trait in TRAITS], axis=1)
    known = int(told.any(axis=1).sum())
    if not known:
        return None
    return Sentence(
        "traits.told",
        "Industry or size of company: known of {known:,} of {people:,} attendees. "
        "{used}",
        known=known,
        people=len(people),
        used=_USES[is_used],
    )


_USES: Final = {
    None: Sentence(
        "traits.untried",
        "It does not count yet: too few webinars tell whether it helps.",
    ),
    True: Sentence(
        "traits.help", "It counts: of past webinars the score was nearer with it."
    ),
    False: Sentence(
        "traits.no_help",
        "It does not count: of past webinars the score was no nearer with it.",
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
