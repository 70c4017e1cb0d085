"""What streams of declared sources have in common: records of a question, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from taps.api_source import schemas
from taps.api_source.errors import SourceError
from taps.api_source.slices import SlicedStream, Tally
from taps.api_source.whole_reads import Damaged, Record, read_whole
from taps.declared.columns import Gone, record_of, schema_columns, value_at
from taps.declared.declaration import Stream

if TYPE_CHECKING:
    from taps.declared.tap import DeclaredTap

__all__ = ["AskingStream", "Found", "Part", "hook"]

_READ_AT = schemas.instant("read_at", "When the read began.")


@dataclass(frozen=True)
class Part:
    """One value of what a stream is asked for: a place, an account, a parent's row."""

    known: Mapping[str, Any] = field(default_factory=dict)
    called: str = ""

    @property
    def name(self) -> str:
        """For people: its first value, or which of many it is."""
        return self.called or str(next(iter(self.known.values()), ""))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that cuts its days."""
        return ZoneInfo(self.known.get("time_zone") or "UTC")


@dataclass
class Found:
    """The records of one question, and those of which a value is not of its type."""

    read_at: datetime
    records: list[Record] = field(default_factory=list)
    wrong: list[Record] = field(default_factory=list)


def hook(name: str) -> Callable[..., Any]:
    """The function ``module:function`` beside the declarations."""
    module, _, function = name.partition(":")
    place = import_module(f"taps.sources.{module}")
    found: Callable[..., Any] = getattr(place, function)
    return found


class AskingStream(SlicedStream):
    """One table of a declared source.

    What is wrong with a value is left to the loader, which keeps the record in
    quarantine; it counts in no total.
    """

    _tap: DeclaredTap

    def __init__(self, tap: DeclaredTap, name: str, told: Stream) -> None:
        self.name, self.told = name, told
        columns = schema_columns(told.columns)
        if "read_at" not in told.columns:
            columns.append(_READ_AT)
        self.record_schema = schemas.schema(columns, told.key)  # type: ignore[misc]
        self.total_name = told.total  # type: ignore[misc]
        super().__init__(tap)
        self.primary_keys = tuple(told.key)
        self.replication_key = told.changes.column if told.changes else "read_at"
        self.rows: list[Record] = []
        """What was written in this run, for the streams that ask row by row."""

    @property
    def source(self) -> DeclaredTap:
        """The tap, with its settings and its API."""
        return self._tap

    def partition(self, part: Part) -> dict[str, str]:
        """What the bookmark of a part is kept under: the part's slice columns."""
        names = [name for name in part.known if name in self.told.columns]
        names = [n for n in names if n in self._tap.told.slices] or names
        return {name: str(part.known[name]) for name in names}

    def ask(self, part: Part, window: Mapping[str, Any]) -> Found:
        """All records of a question; read again when one comes twice or is missing.

        Raises
        ------
        SourceError
        """
        found = Found(datetime.now(UTC))
        call = self.call(part, window)

        def read() -> Iterator[Record]:
            found.wrong = []
            records = self._records({**part.known, **window}, found, call)
            yield from self._newest(records)

        found.records = read_whole(read, self.told.key, call=call)
        return found

    def _newest(self, records: Iterator[Record]) -> Iterator[Record]:
        """Records without those that come again later, because they changed meanwhile.

        What comes twice unchanged stays: it tells of a list that moved.
        """
        if not self.told.changes:
            yield from records
            return
        column, key = self.told.changes.column, self.told.key
        held = list(records)
        newest: dict[tuple[Any, ...], Any] = {}
        for each in held:
            name, moment = tuple(each[part] for part in key), each[column]
            if moment is not None:
                newest[name] = max(newest.get(name, moment), moment)
        for each in held:
            name, moment = tuple(each[part] for part in key), each[column]
            # Without a moment it is the loader's, which sets it aside.
            if moment is None or moment == newest[name]:
                yield each

    def write(self, found: Found) -> None:
        """Write the records of an answer."""
        self.emit_all([*found.records, *found.wrong], found.read_at)
        if self._tap.is_parent(self.name):
            self.rows += found.records

    def close(
        self,
        slice_: Mapping[str, Any],
        records: Sequence[Record],
        read_at: datetime,
        *,
        control: Decimal | None = None,
        is_final: bool = False,
    ) -> None:
        """Say that a slice is complete, with what its records add up to."""
        tally = Tally()
        for record in records:
            tally.add((record[self.told.total] or 0) if self.told.total else 0)
        columns = {name: slice_[name] for name in self._tap.told.slices}
        self.close_slice(
            columns, tally, read_at, control_total=control, is_final=is_final
        )

    def call(self, part: Part, window: Mapping[str, Any]) -> str:
        """What is asked for, in words."""
        of = f" of {part.name}" if part.known else ""
        span = " to ".join(map(_in_words, window.values()))
        return f"{self.name}{of}, {span}" if span else f"{self.name}{of}"

    def listed(self, body: Any, path: str, call: str) -> list[Any]:
        """The list at a place of an answer.

        Raises
        ------
        SourceError
            There is none.
        """
        if body is None:
            return []
        found = value_at(body, path)
        if isinstance(found, list):
            return found
        if isinstance(found, dict) and path == "":
            return [found]
        raise SourceError(
            f"the answer does not have the documented shape: no list '{path}'",
            call=call,
            remedy="The source changed: correct its declaration.",
        )

    def _records(
        self, values: Mapping[str, Any], found: Found, call: str
    ) -> Iterator[Record]:
        known = {"read_at": found.read_at, **values}
        if self.told.request is None:
            yield self._record({}, known, call)[0]
            return
        count, reported_count = 0, None
        for body, raws in self._tap.api.pages(
            self.told.request, self.told.paging, values, self._raws, call
        ):
            if self.told.count and body is not None:
                reported_count = value_at(body, self.told.count)
            around = {**known, "^": body}
            for raw in raws:
                asked = around | {"place": count}
                record, is_right = self._record(raw, asked, call)
                count += 1
                if is_right:
                    yield record
                else:
                    found.wrong.append(record)
        if reported_count is not None and int(reported_count) != count:
            raise Damaged(
                f"{count} records came, the source counts {reported_count}",
                call=call,
                remedy="Nothing is lost; run it again.",
            )

    def _raws(self, body: Any, call: str) -> list[Any]:
        if self.told.rows:
            self.listed(body, self.told.records, call)
            return list(hook(self.told.rows)(body))
        is_left_out = self.told.may_be_left_out and isinstance(body, dict)
        if is_left_out and value_at(body, self.told.records) is None:
            return []
        found = self.listed(body, self.told.records, call)
        if self.told.each is None:
            return found
        lists = [(raw, value_at(raw, self.told.each) or []) for raw in found]
        return [{**raw, **inner} for raw, entries in lists for inner in entries]

    def _record(
        self, raw: Any, known: Mapping[str, Any], call: str
    ) -> tuple[Record, bool]:
        try:
            record, wrong = record_of(self.told.columns, raw, known)
        except Gone as gone:
            raise SourceError(
                f"the answer does not have the documented shape: no field '{gone}'",
                call=call,
                remedy="The source changed: correct its declaration.",
            ) from None
        record.setdefault("read_at", known["read_at"])
        wrong += [name for name in self.told.key if record[name] is None]
        if wrong:
            self.logger.warning(
                "%s: %s of a record is not as declared", call, ", ".join(wrong)
            )
        return record, not wrong


def _in_words(value: date | datetime) -> str:
    is_moment = isinstance(value, datetime)
    return value.strftime("%Y-%m-%d %H:%M" if is_moment else "%Y-%m-%d")
