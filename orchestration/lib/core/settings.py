"""Where things are: the one place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.lib.core.plain_errors import PlainError

__all__ = ["PROJECT_ROOT", "SettingBroken", "Settings"]

PROJECT_ROOT = Path(__file__).resolve().parents[3]


class SettingBroken(PlainError, ValueError):
    """An environment variable makes no sense; the message says which and what would."""


@dataclass(frozen=True)
class Settings:
    """What the machine decides, as opposed to what a company decides.

    Parameters
    ----------
    home
        Folder for all that a run leaves on disk (``TIMONEL_HOME``; ``.timonel`` here).
    database_url
        A Postgres of your own (``TIMONEL_DATABASE_URL``); None: the embedded one.
    secret_keys
        Keys of the connections' secrets (``TIMONEL_SECRET_KEY``, separated by commas;
        the first encrypts, all decrypt). Empty: they are in a file below ``home``.
    dashboard_url, dagster_url
        Where people open them, for links in alerts (``TIMONEL_DASHBOARD_URL``,
        ``TIMONEL_DAGSTER_URL``; default: what docker-compose.yml publishes here).
    receiver_url
        Public address of ``timonel receiver`` (``TIMONEL_RECEIVER_URL``).
    readers_per_account
        Companies that may read one account or with one credential of a source at once
        (``TIMONEL_READERS_PER_ACCOUNT``; default 1).
    logs
        Folder with the logs of servers we did not start (``TIMONEL_LOGS``), or None.
    probes_private
        Whether ``timonel probe`` may look around in this machine's own network
        (``TIMONEL_PROBES_PRIVATE``; default no).
    """

    home: Path
    database_url: str | None = field(repr=False)
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    dashboard_url: str = "http://localhost:3001"
    dagster_url: str = "http://localhost:3000"
    receiver_url: str = "http://localhost:3002"
    readers_per_account: int = 1
    probes_private: bool = False
    logs: Path | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the variables named above."""
        home = os.environ.get("TIMONEL_HOME")
        keys = os.environ.get("TIMONEL_SECRET_KEY", "")
        return cls(
            # Resolved: two spellings of one folder must not be two databases.
            home=Path(home).resolve() if home else PROJECT_ROOT / ".timonel",
            database_url=_one_spelling(os.environ.get("TIMONEL_DATABASE_URL")),
            secret_keys=tuple(filter(None, map(str.strip, keys.split(",")))),
            dashboard_url=_address("TIMONEL_DASHBOARD_URL", cls.dashboard_url),
            dagster_url=_address("TIMONEL_DAGSTER_URL", cls.dagster_url),
            receiver_url=_address("TIMONEL_RECEIVER_URL", cls.receiver_url),
            readers_per_account=_count("TIMONEL_READERS_PER_ACCOUNT"),
            probes_private=_yes("TIMONEL_PROBES_PRIVATE"),
            logs=Path(logs) if (logs := os.environ.get("TIMONEL_LOGS")) else None,
        )

    @property
    def dagster_home(self) -> Path:
        """Folder of Dagster's own run history."""
        return self.home / "dagster"


def _address(variable: str, default: str) -> str:
    return (os.environ.get(variable) or default).rstrip("/")


def _count(variable: str) -> int:
    text = os.environ.get(variable) or "1"
    if not text.isdecimal() or int(text) < 1:
        raise SettingBroken(f"{variable} is '{text}': say 1, or how many more.")
    return int(text)


def _yes(variable: str) -> bool:
    text = (os.environ.get(variable) or "no").lower()
    if text not in ("yes", "no"):
        raise SettingBroken(f"{variable} is '{text}': say yes or no.")
    return text == "yes"


def _one_spelling(url: str | None) -> str | None:
    """``postgres://``, which libpq takes and SQLAlchemy does not, written in full."""
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    return f"postgresql{separator}{rest}" if scheme == "postgres" else url
