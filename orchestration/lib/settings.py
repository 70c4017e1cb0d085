"""Where things are: the one place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PROJECT_ROOT", "Settings"]

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """What the machine decides, as opposed to what a company decides.

    Parameters
    ----------
    home
        Folder for everything a run leaves on disk (``TIMONEL_HOME``,
        default ``.timonel`` in the project).
    database_url
        A Postgres of your own (``TIMONEL_DATABASE_URL``), or None for the
        embedded one.
    """

    home: Path
    database_url: str | None

    @classmethod
    def from_environment(cls) -> Settings:
        """Read ``TIMONEL_HOME`` and ``TIMONEL_DATABASE_URL``."""
        home = os.environ.get("TIMONEL_HOME")
        return cls(
            home=Path(home).absolute() if home else PROJECT_ROOT / ".timonel",
            database_url=os.environ.get("TIMONEL_DATABASE_URL") or None,
        )

    @property
    def dbt_project(self) -> Path:
        """Folder of the dbt project."""
        return PROJECT_ROOT / "dbt_project"

    @property
    def dagster_home(self) -> Path:
        """Folder of Dagster's own run history."""
        return self.home / "dagster"
