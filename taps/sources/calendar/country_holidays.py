"""Holidays of a country or region, one per row, in a language that is said.

The library ``holidays`` joins the names of a day with "; ", and picks the language by
the machine it runs on; here neither happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import holidays
from holidays.constants import HOLIDAY_NAME_DELIMITER

from taps.api_source.errors import SourceError

__all__ = ["Calendar", "Holiday"]

_ENGLISH = "en_US"


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A holiday on a day; ``is_observed``: the day off for one on another day."""

    day: date
    name: str
    name_en: str | None
    category: str
    is_observed: bool


class Calendar:
    """The holidays of one country, or of one of its subdivisions.

    Parameters
    ----------
    calendar_id
        ISO 3166 codes: ``ES``, ``ES-MD``.
    language
        Language of the names; None is the country's own.
    categories
        Kinds of holidays, the more important first: a holiday that is of several
        kinds is of the first one.

    Raises
    ------
    SourceError
        There is no such country, subdivision or language.
    """

    def __init__(
        self, calendar_id: str, language: str | None, categories: Sequence[str]
    ) -> None:
        self._country, _, subdivision = calendar_id.partition("-")
        self._subdivision = subdivision or None
        call = f"calendar '{calendar_id}'"
        try:
            known = holidays.country_holidays(self._country, subdiv=self._subdivision)
        except NotImplementedError as error:
            raise SourceError(
                str(error), call=call, remedy="Correct the setting 'calendars'."
            ) from None
        self._languages: Sequence[str] = known.supported_languages
        if language and self._languages and language not in self._languages:
            raise SourceError(
                f"its names are not known in '{language}'",
                call=call,
                remedy=f"Set language to one of: {', '.join(self._languages)}.",
            )
        self._language: str | None = language or known.default_language
        supported = known.supported_categories
        self._categories = [name for name in categories if name in supported]

    def of(self, year: int) -> Iterator[Holiday]:
        """The holidays of a year, by day, category and name."""
        seen = set()
        for category in self._categories:
            own = self._names(year, category, self._language, observed=True)
            english = self._names(year, category, _ENGLISH, observed=True)
            as_set_by_law = self._names(year, category, self._language, observed=False)
            for day in sorted(own):
                translations = _paired(own[day], english.get(day, ()))
                for name, name_en in zip(own[day], translations, strict=True):
                    if (day, name) not in seen:
                        seen.add((day, name))
                        moved = name not in as_set_by_law.get(day, ())
                        yield Holiday(
                            day=day,
                            name=name,
                            name_en=name_en,
                            category=category,
                            is_observed=moved,
                        )

    def _names(
        self, year: int, category: str, language: str | None, *, observed: bool
    ) -> Mapping[date, list[str]]:
        if language and self._languages and language not in self._languages:
            return {}
        found = holidays.country_holidays(
            self._country,
            subdiv=self._subdivision,
            # A holiday may be observed on a day of the year before or after.
            years=(year - 1, year, year + 1),
            observed=observed,
            language=language if self._languages else None,
            categories=(category,),
        )
        return {
            day: names.split(HOLIDAY_NAME_DELIMITER)
            for day, names in found.items()
            if day.year == year
        }


def _paired(own: Sequence[str], english: Sequence[str]) -> Sequence[str | None]:
    """The English name of each, where the two lists are the same holidays."""
    if len(english) != len(own):
        return [None for _ in own]
    return list(english)
