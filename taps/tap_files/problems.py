"""What can be wrong with a file or with one of its rows."""

from __future__ import annotations

import re

__all__ = ["FileError", "RowRejected"]

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What would break a sentence in two, or turn it around."""


class FileError(Exception):
    """A file that cannot be loaded at all.

    Parameters
    ----------
    name : the file's name, as in the ``files`` stream.
    problem : what is wrong, without customer data.
    remedy : what the reader of the log should do.
    line : physical line, counted from 1, when one line is to blame.
    """

    def __init__(
        self, name: str, problem: str, *, remedy: str, line: int | None = None
    ) -> None:
        self.name, self.line = name, line
        self.problem, self.remedy = problem, remedy
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """One line: file, line, what is wrong, what to do."""
        place = f"{self.name} line {self.line}" if self.line else self.name
        return _UNSEEN.sub(_escaped, f"{place}: {self.problem}. {self.remedy}.")


class RowRejected(Exception):
    """A row that goes to quarantine while the rest of its file is loaded.

    Parameters
    ----------
    reason : what is wrong, without customer data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
