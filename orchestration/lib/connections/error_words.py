"""What an error of a connection means, in Spanish."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from orchestration.lib.core.settings import PROJECT_ROOT

__all__ = ["told_in_spanish"]

_KINDS = (
    PROJECT_ROOT / "dbt_project" / "seeds/labels/platform/connection_error_kinds.csv"
)


def told_in_spanish(source_slug: str, error: str) -> str:
    """What an error means, before the error itself; "" where there is none.

    As the view `reporting.connector_health` says it: of the kinds of
    ``connection_error_kinds``, the first whose pattern is in the error holds.
    """
    if not error:
        return ""
    said = f"{source_slug}: {error}"
    for pattern, template in _kinds(_KINDS.read_text(encoding="utf-8")):
        if found := pattern.search(said):
            return f"{found.expand(template)} Detalle técnico (en inglés): {error}"
    return error


# By its text: a file that is mended is read anew, as by a service that runs for weeks.
@lru_cache(maxsize=2)
def _kinds(text: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = sorted(csv.DictReader(text.splitlines()), key=lambda r: int(r["kind_rank"]))
    return tuple((re.compile(row["pattern"]), row["template_es"]) for row in rows)
