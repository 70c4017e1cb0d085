"""Records on their way out, a few hundred of a stream at a time."""

from __future__ import annotations

from collections.abc import Mapping

from singer_sdk import Stream

from taps.api_source.streams import SourceStream
from taps.tap_shopify.streams.base import Record

__all__ = ["Outbox"]

_TOGETHER = 500


class Outbox:
    """Collects records and emits them by stream, in the order they came."""

    def __init__(self, streams: Mapping[str, Stream]) -> None:
        self._streams = streams
        self._waiting: dict[str, list[Record]] = {name: [] for name in streams}

    def put(self, stream: str, record: Record) -> None:
        """Emit a record, soon."""
        waiting = self._waiting[stream]
        waiting.append(record)
        if len(waiting) >= _TOGETHER:
            self._emit(stream, waiting)

    def flush(self) -> None:
        """Emit everything now."""
        for stream, waiting in self._waiting.items():
            if waiting:
                self._emit(stream, waiting)

    def _emit(self, name: str, waiting: list[Record]) -> None:
        stream = self._streams[name]
        assert isinstance(stream, SourceStream)  # noqa: S101 - all of this tap's are
        stream.emit_all(waiting)
        waiting.clear()
