"""Accounts, or properties, that cannot be read while the others can."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import ClassVar

from taps.api_source.errors import (
    AccessDenied,
    SourceError,
    TokenExpired,
    TooMuchData,
)
from taps.api_source.tap import SourceTap

__all__ = ["PartFailures", "PartsTap"]

_logger = logging.getLogger(__name__)


class PartFailures:
    """Keeps the errors of parts of a connection until the rest of it is read.

    A part that failed is not tried again in the same run: whatever was wrong would
    cost the same time once per table.

    Parameters
    ----------
    kind
        What the parts are, such as ``ad account``.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._parts: set[str] = set()
        self._errors: dict[str, SourceError] = {}

    @contextmanager
    def of(self, part: str, table: str | None = None) -> Iterator[None]:
        """Keep the error of a part, for ``tell``; nothing goes on after it.

        Parameters
        ----------
        table
            What is read of it: one that is too large keeps no other from being read.
        """
        self._parts.add(part)
        try:
            yield
        except TokenExpired:
            # Nothing else can be read either, and the caller can renew it.
            raise
        except SourceError as error:
            is_of_table = table is not None and isinstance(error, TooMuchData)
            self._errors[f"{part}, {table}" if is_of_table else part] = error
            _logger.error("%s %s cannot be read: %s", self._kind, part, error)

    def __contains__(self, part: str) -> bool:
        return part in self._errors

    def tell(self) -> None:
        """Fail if a part failed; the only part there is fails in its own words.

        Raises
        ------
        SourceError
            ``AccessDenied`` if that was the first failure; it names every part that
            failed.
        """
        if not self._errors:
            return
        first = next(iter(self._errors.values()))
        if len(self._parts) == 1:
            raise first
        problems = "; ".join(
            f"{part}: {str(error).rstrip('.')}" for part, error in self._errors.items()
        )
        kind = AccessDenied if isinstance(first, AccessDenied) else SourceError
        raise kind(
            f"{len(self._errors)} of {len(self._parts)} cannot be read ({problems})",
            call=f"{self._kind}s",
            remedy="The others were read; what is kept of these ends before the error.",
        )


class PartsTap(SourceTap):
    """A tap that reads several accounts, and all that it can of them."""

    #: What the parts are called.
    part_kind: ClassVar[str]

    @cached_property
    def failures(self) -> PartFailures:
        """The parts that could not be read in this run."""
        return PartFailures(self.part_kind)

    # The SDK calls it final; it has no other place for what comes after all streams.
    def sync_all(self) -> None:  # type: ignore[misc]
        """Read all tables of all parts; then fail if one could not be read.

        Raises
        ------
        SourceError
        """
        super().sync_all()
        self.failures.tell()
