"""target-postgres: the Singer target that fills the raw schemas."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import IO, Any, ClassVar, NoReturn

import click
import msgspec
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities
from singer_sdk.plugin_base import _ConfigInput
from singer_sdk.sinks import Sink
from singer_sdk.target_base import Target
from typing_extensions import override

from taps.target_postgres.column_types import Column
from taps.target_postgres.errors import InputError, LoadError
from taps.target_postgres.forgotten import ForgottenPeople
from taps.target_postgres.forgotten_names import ForgottenNames
from taps.target_postgres.messages import MessageReader
from taps.target_postgres.quarantine import REJECTED_BY_TAP, Quarantine
from taps.target_postgres.settings import SETTINGS
from taps.target_postgres.sinks import RawTableSink, RejectedByTapSink
from taps.target_postgres.slices import REPLACES_BY, SlicesSink
from taps.target_postgres.warehouse import Warehouse

__all__ = ["LOADED", "TargetPostgres"]

#: How the line that tells the counts of a load begins; JSON follows.
LOADED = "loaded: "

#: A batch is also full when its rows hold this many characters.
_BATCH_CHARACTERS = 32 * 1024 * 1024

_encode_state = msgspec.json.Encoder(decimal_format="number").encode


class TargetPostgres(Target):
    """Loads Singer messages of one company into the raw tables of Postgres.

    What is kept of singer-sdk's ``Target``: settings, ``--about``, the message loop's
    callbacks, sinks and their life cycle, ``drain_all``, state bookkeeping. What is
    replaced, and why:

    - ``_process_record_message``: the SDK copies each record for stream maps and
      validates it with jsonschema. Maps and flattening are not offered here; renaming
      is the staging models' work.
    - ``_process_schema_message``: the SDK forgets ``bookmark_properties``, without
      which an older record cannot be told from a newer one.
    - ``_drain_all``: all streams of a drain commit together, in one transaction, and
      ``drain_all`` emits the state after that. Nothing is drained by a stream alone.
    - ``_handle_termination``: the SDK drains in the middle of whatever the signal
      interrupted and then exits with 0. Here the open transaction is undone and the
      exit status is 1.
    """

    name = "target-postgres"
    package_name = "timonel"
    message_reader_class = MessageReader
    default_sink_class = RawTableSink
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    config_jsonschema = SETTINGS

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._config.setdefault("run_id", str(uuid.uuid4()))
        self._config.setdefault("source", self._config["schema"].removeprefix("raw_"))
        # One connection, so one sink at a time.
        self._max_parallelism = 1
        self.warehouse = Warehouse(self.config["database_url"], self.config["role"])
        self.quarantine = Quarantine(
            self.warehouse,
            self.config["quarantine_table"],
            company_id=self.config["company_id"],
            source=self.config["source"],
        )
        told = self.config.get("forgotten", {})
        names = ForgottenNames(told, self.warehouse, self.config["company_id"])
        self.forgotten = ForgottenPeople(told, names)
        self._schemas: dict[str, dict[str, Any]] = {}
        self._takers: dict[str, Callable[[dict[str, Any], str | None], int]] = {}
        self._batch_rows: int = self.config["batch_rows"]
        self._waiting_rows = 0
        self._waiting_characters = 0
        self._taken_rows = 0
        self._taken_characters = 0
        self._newest: dict[str, str] = {}
        self._emitted_state: dict[str, Any] | None = None

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add none of the SDK's settings: each would promise what is not done here."""

    def get_sink_class(self, stream_name: str) -> type[Sink]:
        """Raw table for every stream but the tap's own rejects."""
        if stream_name == REJECTED_BY_TAP:
            return RejectedByTapSink
        schema = self._schemas[stream_name]["schema"]
        return SlicesSink if REPLACES_BY in schema else RawTableSink

    def columns_of_stream(self, stream_name: str) -> Sequence[Column] | None:
        """The columns of a raw table of this run; None if it is not announced."""
        sink = self._sinks_active.get(stream_name)
        return sink.columns if isinstance(sink, RawTableSink) else None

    def note_newest(self, stream_name: str, moment: str | None) -> None:
        """Keep the latest replication key of a stream, as Postgres writes it in UTC."""
        self._newest[stream_name] = max(self._newest.get(stream_name, ""), moment or "")

    def replication_key(self, stream_name: str) -> str | None:
        """The property that orders the records of a stream in time, if it has one.

        Raises
        ------
        InputError
            The stream names several.
        """
        names = self._schemas[stream_name].get("bookmark_properties") or []
        if len(names) > 1:
            raise InputError(
                f"Stream '{stream_name}' has {len(names)} bookmark_properties. Only "
                "one can tell an older record from a newer one. Declare one in the tap"
            )
        return str(names[0]) if names else None

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        schema = message_dict.get("schema")
        if not isinstance(stream, str) or not isinstance(schema, dict):
            raise InputError(
                "A SCHEMA message needs 'stream' and 'schema'. Fix the tap"
            )
        if not schema.get("properties"):
            raise InputError(f"Stream '{stream}': its schema has no properties")
        if self._schemas.get(stream) == message_dict:
            return
        # Rows encoded by the old schema go first, while the table still fits them.
        self.drain_all()
        if replaced := self._sinks_active.pop(stream, None):
            replaced.clean_up()
        self._schemas[stream] = message_dict
        sink = self.add_sink(stream, schema, message_dict.get("key_properties"))
        self._takers[stream] = sink.take  # type: ignore[attr-defined]

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        take = self._takers.get(message_dict.get("stream", ""))
        record = message_dict.get("record")
        if take is None or type(record) is not dict:
            raise InputError(
                "A RECORD message needs a 'record' object and a 'stream' whose SCHEMA "
                "message came before. Fix the tap"
            )
        self._waiting_characters += take(record, message_dict.get("time_extracted"))
        self._waiting_rows += 1
        if (
            self._waiting_rows >= self._batch_rows
            or self._waiting_characters >= _BATCH_CHARACTERS
        ):
            self.drain_all()
        else:
            self._handle_max_record_age()

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        if "value" not in message_dict:
            raise InputError("A STATE message needs a 'value'. Fix the tap")
        self._latest_state = message_dict["value"]

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        self.logger.info(
            "Stream '%s': ACTIVATE_VERSION ignored. The table is shared by companies, "
            "and no run may delete rows it did not read.",
            message_dict.get("stream"),
        )

    def _process_batch_message(self, message_dict: dict[str, Any]) -> NoReturn:
        raise InputError(
            f"Stream '{message_dict.get('stream')}': BATCH messages are not supported. "
            "Remove batch_config from the tap's settings"
        )

    def _drain_all(self, sink_list: Iterable[Sink], parallelism: int) -> None:
        # A closed slice deletes what its rows did not replace: rows first.
        sinks = sorted(
            (sink for sink in sink_list if sink.current_size),
            key=lambda sink: (isinstance(sink, SlicesSink), sink.stream_name),
        )
        if sinks or len(self.quarantine) or self.forgotten.names.waiting:
            with self.warehouse.transaction("Loading a batch"):
                for sink in sinks:
                    if isinstance(sink, SlicesSink):
                        sink.wait_for_others()
                super()._drain_all(sinks, parallelism)
                self.quarantine.write()
                self.forgotten.names.write()
        self._taken_rows += self._waiting_rows
        self._taken_characters += self._waiting_characters
        self._waiting_rows = 0
        self._waiting_characters = 0

    def _write_state_message(self, state: dict[str, Any]) -> None:
        if state == self._emitted_state:
            return
        sys.stdout.write(f"{_encode_state(state).decode()}\n")
        sys.stdout.flush()
        self._emitted_state = state

    def process_endofpipe(self) -> None:
        """Drain, then say what was loaded, what was set aside and why, and refused."""
        super().process_endofpipe()
        self.warehouse.close()
        for (stream, reason), count in sorted(self.quarantine.counts.items()):
            self.logger.warning("%s: %d in quarantine: %s", stream, count, reason)
        self._tell_of_forgotten()
        quarantined = self.quarantine.counts.total()
        refused = self.forgotten.refused.total()
        summary = {
            "row_count": self._taken_rows - quarantined - refused,
            "quarantined_count": quarantined,
            "forgotten_count": refused + self.forgotten.emptied.total(),
            "byte_count": self._taken_characters,
            "newest": self._newest,
        }
        self.logger.info("%s%s", LOADED, json.dumps(summary))

    def _tell_of_forgotten(self) -> None:
        for stream, count in sorted(self.forgotten.refused.items()):
            self.logger.info("%s: %d of forgotten people left out", stream, count)
        for stream, count in sorted(self.forgotten.emptied.items()):
            self.logger.info("%s: %d of forgotten people as of nobody", stream, count)

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> NoReturn:
        self.logger.error("Stopped by signal %d; the open batch is undone", signum)
        # What psycopg listens to: it cancels the running statement first.
        raise KeyboardInterrupt

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Run from the command line: one line for an error, and exit status 1."""
        failure = None
        try:
            super().invoke(
                about=about,
                about_format=about_format,
                config=config,
                file_input=file_input,
            )
        except LoadError as error:
            failure = str(error)
        if failure is not None:
            raise click.ClickException(failure)
