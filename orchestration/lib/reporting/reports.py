"""Reports of a company as files, drawn by the same files that Metabase gets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.lib.core.plain_errors import PlainError

__all__ = ["ReportBroken", "ReportRequest", "write_report"]


class ReportBroken(PlainError, RuntimeError):
    """A report could not be written; the message says why and what to do."""


@dataclass(frozen=True)
class ReportRequest:
    """Which report, of whom.

    ``language`` None: the one the company chose for its dashboards. ``as_of`` is the
    day the numbers have to be of, or None for whichever was computed last.
    """

    company_id: str
    template: str
    language: str | None = None
    as_of: date | None = None

    @property
    def arguments(self) -> list[str]:
        """As the program that draws it takes them."""
        told = ["--company", self.company_id, "--template", self.template]
        if self.language:
            told += ["--language", self.language]
        if self.as_of:
            told += ["--as-of", self.as_of.isoformat()]
        return told


def write_report(
    url: str,
    request: ReportRequest,
    formats: Sequence[str],
    folder: Path,
    mail: Path | None = None,
) -> list[Path]:
    """Write a report with the role of its company; the files that were written.

    ``mail`` is a file for the mail that it is sent with, as JSON.

    Raises
    ------
    ReportBroken
    """
    arguments = ["report", *request.arguments, "--output", str(folder.resolve())]
    for kind in formats:
        arguments += ["--format", kind]
    if mail:
        arguments += ["--mail", str(mail.resolve())]
    done = subprocess.run(
        [sys.executable, "-m", "metabase", *arguments],
        env=os.environ | {"TIMONEL_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().removeprefix("error: ")
        raise ReportBroken(f"The report cannot be written: {reason}")
    return [Path(line) for line in done.stdout.splitlines() if line]
