"""What leads did besides webinars, where a source tells it of each person.

E-mails and the website are known of contacts of the community alone. A webinar of whose
attendees no source tells any is taken as not told, not as one whom nobody read: a
missing part is not nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence
from ml_assets.webinars.leads import Floats

__all__ = ["SIGNALS", "says_signals", "signal_features", "with_signals"]

#: Signals by the source they need. Social networks tell totals, of nobody alone.
_SOURCES: Final = {
    "email": ("email_open_count", "email_click_count"),
    "website": ("visit_count",),
}
SIGNALS: Final = tuple(name for names in _SOURCES.values() for name in names)
# More often than this says no more, as in the webinar itself.
_MOST: Final = {"email_open_count": 3, "email_click_count": 1, "visit_count": 3}


def with_signals(people: pd.DataFrame) -> pd.DataFrame:
    """The same people with `SIGNALS` at their caps, null where nobody tells.

    Parameters
    ----------
    people : DataFrame
        `webinar_id` and what is known of `SIGNALS`, null of who is no contact; a
        column that is left out is known of nobody.
    """
    capped = pd.DataFrame(
        {
            name: (
                people[name].astype(float).clip(upper=_MOST[name])
                if name in people
                else np.nan
            )
            for name in SIGNALS
        },
        index=people.index,
    )
    for names in _SOURCES.values():
        seen = capped[list(names)].max(axis=1).groupby(people["webinar_id"])
        is_told = seen.transform("max") > 0
        capped.loc[~is_told, list(names)] = np.nan
    return people.drop(columns=list(SIGNALS), errors="ignore").join(capped)


def signal_features(
    people: pd.DataFrame, before: pd.DataFrame
) -> tuple[Floats, tuple[str, ...]]:
    """Signals of people and their names: those known of anybody ``before``.

    Of whom a signal is not known it is as the mean of those before, which says nothing.

    Returns
    -------
    tuple
        Shape (people, signals), and names; none where nothing is told.
    """
    means = before[list(SIGNALS)].mean()
    told = tuple(name for name in SIGNALS if not np.isnan(means[name]))
    filled = people[list(told)].fillna(means[list(told)])
    return np.asarray(filled, dtype=np.float64), told


def says_signals(people: pd.DataFrame, is_used: bool | None) -> Sentence:
    """Of how many each source tells, and whether the score takes it into account.

    ``is_used`` is None where too few webinars could be scored both ways.
    """
    parts = {
        source: int(people[list(names)].notna().any(axis=1).sum())
        for source, names in _SOURCES.items()
    }
    told = {
        source: Sentence(
            "signals.told",
            "known of {known:,} of {people:,} attendees",
            known=known,
            people=len(people),
        )
        if known
        else Sentence("signals.not_told", "not told of anybody")
        for source, known in parts.items()
    }
    return Sentence(
        "signals.sources",
        "E-mails opened and clicked: {email}. Website: {website}. Social networks: no "
        "source tells of single people. {used}",
        **told,
        used=_says_use(is_used) if any(parts.values()) else _says_without(),
    )


def _says_use(is_used: bool | None) -> Sentence:
    if is_used is None:
        return Sentence(
            "signals.untried",
            "They do not count yet: too few webinars tell whether they help.",
        )
    if is_used:
        return Sentence(
            "signals.help",
            "They count: of past webinars the score was nearer with them.",
        )
    return Sentence(
        "signals.no_help",
        "They do not count: of past webinars the score was no nearer with them.",
    )


def _says_without() -> Sentence:
    return Sentence("signals.without", "What counts is what people did in webinars.")
