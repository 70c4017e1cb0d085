"""Tags of Dagster runs that say how often they come, and what they are to do."""

from __future__ import annotations

from typing import Final

__all__ = ["ALL_TESTS", "NIGHTLY", "RHYTHM"]

RHYTHM: Final = "timonel/rhythm"
NIGHTLY: Final = "nightly"
#: dbt tests views as well, although the project is as it was.
ALL_TESTS: Final = {"timonel/tests": "all"}
