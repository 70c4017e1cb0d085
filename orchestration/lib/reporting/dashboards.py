"""Dashboards drawn as HTML pages by the same files that Metabase gets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.login_passwords import login_environment

__all__ = [
    "DashboardBroken",
    "apply_to_metabase",
    "render",
    "render_pictures",
    "speak_to_metabase",
]


class DashboardBroken(PlainError, RuntimeError):
    """A page could not be drawn; the message says why."""


def render(
    url: str, company_ids: list[str], page: Path, language: str | None = None
) -> None:
    """Write the page; each company's part is read with that company's role.

    ``language`` None: the one that all of the companies chose, else Spanish.

    Raises
    ------
    DashboardBroken
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    chosen = ["--language", language] if language else []
    _draw(url, ["preview", "--output", str(page), *chosen], company_ids)


def render_pictures(url: str, company_ids: list[str], folder: Path) -> None:
    """Write each dashboard as pictures, wide and as on a phone, in both languages.

    Raises
    ------
    DashboardBroken
    """
    _draw(url, ["pictures", "--output", str(folder)], company_ids)


def _draw(url: str, arguments: list[str], company_ids: list[str]) -> None:
    for company_id in company_ids:
        arguments += ["--company", company_id]
    done = subprocess.run(
        [sys.executable, "-m", "metabase", *arguments],
        env=os.environ | {"TIMONEL_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DashboardBroken(f"The dashboard cannot be drawn: {done.stderr.strip()}")


def apply_to_metabase(url: str, settings: Settings) -> str:
    """Bring the server of ``METABASE_URL`` to what the files say; what was said.

    Raises
    ------
    DashboardBroken
        It could not, or people changed things there by hand.
    """
    done = subprocess.run(
        [sys.executable, "-m", "metabase", "apply"],
        env=_environment(url, settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DashboardBroken(
            f"Metabase was not brought up to date: {done.stderr.strip()}"
        )
    return done.stdout.strip()


def speak_to_metabase(url: str, settings: Settings, arguments: list[str]) -> int:
    """Run a command on a Metabase server; its words go to this terminal.

    Gives its exit code.
    """
    done = subprocess.run(
        [sys.executable, "-m", "metabase", *arguments],
        env=_environment(url, settings),
        check=False,
    )
    return done.returncode


def _environment(url: str, settings: Settings) -> dict[str, str]:
    told = login_environment(url, settings, os.environ)
    return told | {"TIMONEL_DATABASE_URL": url}
