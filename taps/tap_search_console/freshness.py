"""Up to which day Google has finished counting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from taps.tap_search_console.client import SearchConsole
from taps.tap_search_console.dates import probably_final
from taps.tap_search_console.reading import Property

__all__ = ["Freshness", "freshness_of"]

_DAYS_ASKED = 10
_LONGEST_DELAY = timedelta(days=30)


@dataclass(frozen=True)
class Freshness:
    """The Pacific date, and the last day that is counted."""

    today: date
    last_final: date
    long_over: date
    """A day that even a source in trouble has counted, by anybody's clock."""

    def is_final(self, day: date) -> bool:
        """Whether Google has finished counting the day."""
        return day <= self.last_final

    def is_long_over(self, day: date) -> bool:
        """Whether a day without anything is one that nobody saw the property on.

        A younger one may come late, which has happened, so a bookmark waits for it.
        """
        return day <= self.long_over


def freshness_of(console: SearchConsole, of: Property) -> Freshness:
    """Ask for the fresh days: the answer says which of them is the first unfinished.

    Where it does not say (nobody saw the property lately), five days are surely
    enough.
    """
    today = console.today()
    fresh = replace(of, data_state="all")
    page = console.page(fresh.query(today - timedelta(days=_DAYS_ASKED - 1), today))
    long_over = console.certain_today() - _LONGEST_DELAY
    if page.first_incomplete is None:
        return Freshness(today, probably_final(today), long_over)
    return Freshness(today, page.first_incomplete - timedelta(days=1), long_over)
