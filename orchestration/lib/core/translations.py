"""Words the platform writes itself, a file per language; numbers and times likewise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal

from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed_text

__all__ = ["LANGUAGES", "measured", "read_words", "written"]

LANGUAGES = ("es", "en")


def read_words(language: str, of: str = "alerts") -> Mapping[str, str]:
    """Every text of a language by its dotted key, such as ``events.run_failed.title``.

    Values in braces are filled in with `str.format`. ``of`` is a folder of
    ``metabase/labels``: alerts, audiences, plans, or gates, whose English is in
    `ml_assets`.
    """
    folder = PROJECT_ROOT / "metabase" / "labels" / of
    return _words((folder / f"{language}.yml").read_text(encoding="utf-8"))


# By its text: a file that is mended is read anew, as by a service that runs for weeks.
@lru_cache(maxsize=16)
def _words(text: str) -> Mapping[str, str]:
    return MappingProxyType(dict(_leaves(parsed_text(text), "")))


def written(value: Any, language: str, time_zone: str) -> str:
    """A value as it is read: numbers with the language's signs, times in the zone."""
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(time_zone))
        moment = format_datetime(local, "d MMM y, HH:mm", locale=language)
        return f"{moment} ({time_zone})"
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        return str(format_decimal(value, "#,##0.###", locale=language))
    return str(value)


def measured(value: float, unit: str, currency: str, language: str) -> str:
    """A number of the registry with its unit: 12,5 %, 1.234 EUR, 3 días.

    Parameters
    ----------
    unit
        As in `orchestration.lib.reporting.metrics`; one without words is written
        as a number.
    """
    words = read_words(language)
    shown = value * 100 if unit in {"share", "points"} else value
    number = written(round(shown, 2), language, "UTC")
    template = words.get(f"units.{unit}", "{number}")
    return template.format(number=number, currency=currency)


def _leaves(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value).strip()
