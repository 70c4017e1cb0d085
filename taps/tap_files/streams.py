"""The tap's streams: ``files`` leads, and reads each file once for all the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel

from taps.tap_files.bookmarks import Bookmarks, FileVersion, version_of
from taps.tap_files.inspection import inspect_file
from taps.tap_files.loading import QUARANTINE, FileLoad
from taps.tap_files.locations import SourceFile, find_sources, unreadable
from taps.tap_files.problems import FileError
from taps.tap_files.schemas import FILES_SCHEMA

if TYPE_CHECKING:
    from singer_sdk.helpers import types

    from taps.tap_files.tap import TapFiles

__all__ = ["FilesStream", "RowsStream"]

_PROGRESS_ROWS = 100_000
_LOGGED_REJECTS = 20


class FilesStream(Stream):
    """One row per file, emitted after all rows of that file.

    The SDK runs one stream after another, which would put this row before or after
    the rows of every file. So the other streams are this one's children, and this one
    writes to them while it reads a file.
    """

    name = "files"
    schema = FILES_SCHEMA
    primary_keys = ("file_name",)
    replication_key = "exported_at"
    STATE_MSG_FREQUENCY = 1
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    _tap: TapFiles

    def get_records(self, context: types.Context | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """Read every new or changed file; a bad one is noted and the rest goes on."""
        settings = self._tap.settings
        with find_sources(settings) as (sources, errors):
            for error in errors:
                self._fail(error)
            for found in sources:
                source = replace(found, name=settings.name_prefix + found.name)
                try:
                    yield from self._read(source)
                except FileError as error:
                    self._fail(error)
                except BrokenPipeError:
                    raise  # whoever reads our records is gone: no fault of the file
                except OSError as error:
                    self._fail(unreadable(source, error))

    def generate_child_contexts(
        self,
        record: types.Record,  # noqa: ARG002
        context: types.Context | None,  # noqa: ARG002
    ) -> Iterable[types.Context | None]:
        """None: the children were written to while the file was read."""
        return ()

    def _read(self, source: SourceFile) -> Iterator[dict[str, Any]]:
        bookmarks = Bookmarks(self.stream_state)
        version = version_of(source, bookmarks, self._tap.settings.fingerprint)
        if bookmarks.is_loaded(source.name, version):
            self.logger.info("%s: unchanged, not read again", source.name)
            return
        if twin := bookmarks.twin(source.name, version):
            self._note_twin(source, version, twin)
            return
        inspection = inspect_file(source, self._tap.settings)
        load = FileLoad(source, version, inspection, self._tap.settings.currency_code)
        tally = load.tally()
        for stream, record in load.records(tally):
            self._tap.rows_streams[stream].emit(record)
            if stream == QUARANTINE and tally.rejected_count <= _LOGGED_REJECTS:
                self.logger.warning("%s: %s", record["location"], record["reason"])
            if tally.row_count % _PROGRESS_ROWS == 0:
                self._log_progress(source, tally.row_count)
        self.logger.info(
            "%s: %d rows loaded, %d rejected",
            source.name,
            tally.loaded_count,
            tally.rejected_count,
        )
        self._pending = (source.name, version)
        yield load.files_record(tally)

    def _increment_stream_state(
        self,
        latest_record: types.Record,  # noqa: ARG002
        *,
        context: types.Context | None = None,  # noqa: ARG002
    ) -> None:
        """Bookmark the file whose row was just written."""
        Bookmarks(self.stream_state).remember(*self._pending)

    def _write_starting_replication_value(self, context: types.Context | None) -> None:
        """Nothing: bookmarks are per file, not one value for the stream."""

    def _write_schema_message(self) -> None:
        """Announce every stream first, so that its table exists even when empty."""
        super()._write_schema_message()
        for stream in self._tap.rows_streams.values():
            if stream.selected:
                stream._write_schema_message()

    def _note_twin(self, source: SourceFile, version: FileVersion, twin: str) -> None:
        self.logger.warning("%s: same content as %s, not loaded", source.name, twin)
        twin_version = FileVersion(**{**vars(version), "same_as": twin})
        Bookmarks(self.stream_state).remember(source.name, twin_version)
        self.state_manager.is_flushed = False

    def _log_progress(self, source: SourceFile, count: int) -> None:
        self.logger.info("%s: %d rows read", source.name, count)

    def _fail(self, error: FileError) -> None:
        self.logger.error(error.message)
        self._tap.failures.append(error)


class RowsStream(Stream):
    """Rows of one kind; written to by ``FilesStream``."""

    parent_stream_type = FilesStream
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    def get_records(self, context: types.Context | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """Nothing: the parent writes the rows."""
        return ()

    def finalize_state_progress_markers(
        self, state: dict[str, Any] | None = None
    ) -> None:
        """Nothing: what was read is bookmarked under ``files``."""

    def emit(self, record: dict[str, Any]) -> None:
        """Write one record, unless the catalog left the stream out."""
        if self.selected:
            self._write_record_message(record)
