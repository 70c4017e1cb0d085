"""The streams of a declared source: whole lists, what changed, or day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from taps.declared.asking import AskingStream, Part, hook
from taps.declared.columns import value_at
from taps.declared.days import read_days
from taps.declared.declaration import Changes, ForEach

__all__ = ["DeclaredStream"]

_A_DAY = timedelta(days=1)


class DeclaredStream(AskingStream):
    """One table of a declared source, read as it is declared."""

    is_read = False

    def read(self) -> None:
        """Read every part, once; one that fails keeps no other from it."""
        if self.is_read:
            return
        self.is_read = True
        for part in self.parts():
            with self._tap.failures.of(part.name or self.name):
                self._read_part(part)

    def parts(self) -> Iterator[Part]:
        """What the stream is asked for, one after the other."""
        each = self.told.for_each
        if each is None:
            yield Part()
            return
        found = self._values(each)
        if each.batch:
            for start in range(0, len(found), each.batch):
                rows = found[start : start + each.batch]
                yield Part(
                    {
                        name: [{path: value_at(row, path)} for row in rows]
                        for name, path in each.take.items()
                    },
                    f"{start + 1} to {start + len(rows)}",
                )
            return
        for value in found:
            yield Part({k: value_at(value, path) for k, path in each.take.items()})

    def _values(self, each: ForEach) -> Sequence[Any]:
        if each.setting:
            return list(self.config.get(each.setting) or ())
        parent = self._tap.streams[str(each.stream)]
        assert isinstance(parent, DeclaredStream)  # noqa: S101 - by construction
        parent.read()
        return parent.rows

    def _read_part(self, part: Part) -> None:
        if self.told.read:
            hook(self.told.read)(self, part)
        elif self.told.changes:
            self._read_changes(part, self.told.changes)
        elif self.told.days:
            read_days(self, part, self.told.days)
        else:
            found = self.ask(part, {})
            self.write(found)
            if self.told.is_sliced:
                self.close(part.known, found.records, found.read_at)

    def _read_changes(self, part: Part, changes: Changes) -> None:
        partition = self.partition(part)
        known = self.bookmark(**partition)
        spans = list(self._spans(known, changes))
        for since, until in spans:
            found = self.ask(part, {"since": since, "until": until})
            self.write(found)
            told = (record[changes.column] for record in found.records)
            times = [_moment(moment) for moment in told if moment is not None]
            # The last window reaches to now, and what is of now may still come.
            if until < spans[-1][1]:
                times.append(until)
            if times:
                # A clock that is wrong makes no bookmark of the future.
                reached = min(max(times), self._tap.api.certain_now()).isoformat()
                known = max(known or reached, reached)
                self.advance(known, **partition)

    def _spans(
        self, known: str | None, changes: Changes
    ) -> Iterator[tuple[datetime, datetime]]:
        now = self._tap.api.now()
        first, end = self._tap.start_date, self._tap.end_date
        since = _midnight(first) if first else now - changes.history_days * _A_DAY
        if known is not None:
            back = timedelta(minutes=changes.lookback_minutes)
            since = max(since, datetime.fromisoformat(known) - back)
        until = min(now, _midnight(end + _A_DAY)) if end else now
        step = changes.window_days * _A_DAY if changes.window_days else until - since
        while since < until:
            yield since, min(since + step, until)
            since += step


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _moment(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else _midnight(value)
