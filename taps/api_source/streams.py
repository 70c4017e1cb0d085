"""Streams that write their records themselves, and bookmark what they finished."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.singerlib import StateMessage

if TYPE_CHECKING:
    from singer_sdk.helpers import types

    from taps.api_source.tap import SourceTap

__all__ = ["SourceStream"]

_encoder = msgspec.json.Encoder(decimal_format="number")
_encode, _encode_into = _encoder.encode, _encoder.encode_into

# Key of the state: last day on which there were rows.
_ROWS_ON = "rows_on"

# A write for each record would be a call to the system, where output is not buffered.
_TOGETHER_BYTES = 64 * 1024


class SourceStream(Stream):
    """One stream of a ``SourceTap``.

    The SDK bookmarks the largest value it saw in a record, record by record. Here a
    bookmark moves when a window was read to its end and counted, so ``read`` writes
    records with ``emit`` and says with ``advance`` how far it got. A stream without
    a ``read`` of its own is written to by another one.

    The way of a record is short because there are millions: no copy, no type
    conformance (what ``read`` emits already fits the schema), no stream maps.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    #: JSON schema; every property has a description.
    record_schema: ClassVar[Mapping[str, Any]]
    #: How long no row may come before that is odd: at once where all is read each time.
    quiet_for: ClassVar[timedelta] = timedelta(0)
    #: Keywords of ours at the top of the schema, for our own target.
    schema_keywords: Mapping[str, Any] = MappingProxyType({})

    _tap: SourceTap

    def __init__(self, tap: SourceTap) -> None:
        self.record_count = 0
        """Records written in this run."""
        self._is_announced = False
        super().__init__(tap, schema=dict(self.record_schema))

    @abstractmethod
    def read(self) -> None:
        """Read what is new and ``emit`` it; empty where another stream does that."""

    def get_records(self, context: types.Context | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """Nothing: ``read`` has written the records."""
        self.read()
        if self._is_selected:
            self.logger.info("%s: %s records", self.name, f"{self.record_count:,}")
            self._note_silence()
        return ()

    def _note_silence(self) -> None:
        """Warn of an empty answer where there were rows before: a silent 200."""
        if self._tap.is_rereading:
            return
        state, today = self.get_context_state(None), datetime.now(UTC).date()
        known = state.get(_ROWS_ON)
        if self.record_count:
            if known != today.isoformat():
                state[_ROWS_ON] = today.isoformat()
                self.write_state()
        elif known and today - date.fromisoformat(known) >= self.quiet_for:
            self.logger.warning(
                "%s: the source answers without any row, and had some on %s. Look "
                "there whether they are gone, or hidden from this connection.",
                self.name,
                known,
            )

    def announce(self) -> None:
        """Write the SCHEMA message, once."""
        if self._is_announced:
            return
        self._is_announced = True
        for message in self._generate_schema_messages():
            # The SDK keeps only the keywords it knows.
            message.schema.update(self.schema_keywords)
            self._tap.write_message(message)

    def emit(self, record: Mapping[str, Any] | msgspec.Struct) -> None:
        """Write one record that fits the schema, if the stream is selected."""
        self.emit_all((record,))

    def emit_all(
        self,
        records: Iterable[Mapping[str, Any] | msgspec.Struct],
        extracted_at: datetime | None = None,
    ) -> int:
        """Write records of one answer; return how many there were.

        Parameters
        ----------
        records
            Mappings, or msgspec structs with the schema's properties.
        extracted_at
            When the source was asked; default: now.
        """
        moment = (extracted_at or datetime.now(UTC)).isoformat()
        head, tail = self._envelope(moment)
        lines, count = bytearray(), 0
        is_selected, left_out = self._is_selected, self._left_out
        for record in records:
            count += 1
            if not is_selected:
                continue
            lines += head
            _encode_into(_without(record, left_out) if left_out else record, lines, -1)
            lines += tail
            if len(lines) >= _TOGETHER_BYTES:
                _write(lines)
        _write(lines)
        self.record_count += count
        return count

    def bookmark(self, **partition: str) -> Any:
        """Value up to which a partition was read completely; None at the first time."""
        if self._tap.is_rereading:
            return None
        return self.get_context_state(partition or None).get("replication_key_value")

    def advance(self, value: Any, **partition: str) -> None:
        """Bookmark a partition and write the state.

        Call it when everything up to ``value`` is emitted and counted.
        """
        if self._tap.is_rereading:
            return
        state = self.get_context_state(partition or None)
        state["replication_key"] = self.replication_key
        state["replication_key_value"] = value
        self.write_state()

    def write_state(self) -> None:
        """Write the state; whatever was emitted before it is thereby confirmed."""
        self._tap.write_message(StateMessage(value=self.tap_state))

    @cached_property
    def _is_selected(self) -> bool:
        return bool(self.selected)

    @cached_property
    def _left_out(self) -> frozenset[str]:
        mask = self.mask
        names = self.schema["properties"]
        return frozenset(n for n in names if not mask.get(("properties", n), True))

    def _envelope(self, moment: str) -> tuple[bytes, bytes]:
        head = _encode({"type": "RECORD", "stream": self.name})[:-1]
        return head + b',"record":', b',"time_extracted":"%s"}\n' % moment.encode()

    def _write_schema_message(self) -> None:
        self.announce()

    def get_replication_key_signpost(
        self,
        context: types.Context | None = None,
    ) -> None:
        """None: bookmarks hold only what was read."""

    def _write_starting_replication_value(self, context: types.Context | None) -> None:
        """Nothing: it would be a second bookmark, which nobody reads."""

    def finalize_state_progress_markers(
        self, state: dict[str, Any] | None = None
    ) -> None:
        """Nothing: bookmarks move when a window is complete, never provisionally."""

    def _finalize_state(self, state: dict[str, Any] | None = None) -> None:
        """Nothing, for the same reason."""


def _write(lines: bytearray) -> None:
    """Write all of the lines, and forget them."""
    rest = bytes(lines)
    lines.clear()
    while rest:
        # Output that is not buffered may take a part only.
        rest = rest[sys.stdout.buffer.write(rest) :]


def _without(
    record: Mapping[str, Any] | msgspec.Struct, left_out: frozenset[str]
) -> Mapping[str, Any]:
    values = (
        msgspec.structs.asdict(record) if isinstance(record, msgspec.Struct) else record
    )
    return {name: value for name, value in values.items() if name not in left_out}
