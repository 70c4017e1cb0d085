"""Tags of Dagster runs that say how often they come, and what they are to do."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ALL_TESTS",
    "FREQUENT",
    "HOURLY",
    "NIGHTLY",
    "RHYTHM",
    "TACTICAL",
    "WITHOUT_STANDING",
]

RHYTHM: Final = "timonel/rhythm"
NIGHTLY: Final = "nightly"
HOURLY: Final = "hourly"
TACTICAL: Final = "tactical"
#: Rhythms whose runs come many times a day.
FREQUENT: Final = (HOURLY, TACTICAL)
#: dbt tests views as well, although the project is as it was.
ALL_TESTS: Final = {"timonel/tests": "all"}
#: What stands as it would be made is no part of the run (lib/warehouse/standing.py).
WITHOUT_STANDING: Final = {"timonel/without": "what-stands"}
