"""Templates of questions: ``{name}`` with what a request knows.

Names are the settings, what ``for_each`` takes, and the window: ``since`` and ``until``
(moments), ``first_day`` and ``last_day``. A moment is written as ISO 8601 in UTC, or as
``{since:epoch}``, ``{since:epoch_ms}`` (in quotes: ``{since:epoch_ms_text}``),
``{since:date}`` or by strftime; a list is joined, with ``+`` in ``{currencies:+}``,
otherwise with commas, and one of objects stays a list. ``{id:path}`` is one part of a
path; an id with slashes is written twice, because servers decode it twice.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

__all__ = ["filled"]


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with values in it; what has no value is left out.

    A text that is one ``{name}`` becomes the value itself, number or text.

    Raises
    ------
    KeyError
        Nothing is called so.
    """
    if isinstance(template, Mapping):
        made = {name: filled(part, values) for name, part in template.items()}
        return {name: part for name, part in made.items() if part is not None}
    if isinstance(template, list):
        return [filled(part, values) for part in template]
    if not isinstance(template, str):
        return template
    parts = list(_FORMATTER.parse(template))
    if len(parts) == 1 and not parts[0][0] and parts[0][1] is not None:
        return _written(values[parts[0][1]], parts[0][2] or "")
    return _FORMATTER.vformat(template, (), values)


class _Formatter(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return str(_written(value, format_spec))


_FORMATTER = _Formatter()


def _written(value: Any, how: str) -> Any:
    if how == "path":
        once = quote(str(value), safe="")
        return quote(once, safe="") if "/" in str(value) else once
    if isinstance(value, datetime):
        return _moment(value.astimezone(UTC), how)
    if isinstance(value, date):
        return value.strftime(how) if how else value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(each, Mapping) for each in value):
            return list(value)
        return (how or ",").join(map(str, value))
    return value


def _moment(value: datetime, how: str) -> Any:
    match how:
        case "":
            return value.isoformat(timespec="seconds").replace("+00:00", "Z")
        case "epoch":
            return int(value.timestamp())
        case "epoch_ms":
            return int(value.timestamp() * 1000)
        case "epoch_ms_text":
            return str(int(value.timestamp() * 1000))
        case "date":
            return value.date().isoformat()
        case _:
            return value.strftime(how)
