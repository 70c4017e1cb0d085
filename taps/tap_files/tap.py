"""The tap: settings, streams and exit code."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from functools import cached_property
from types import FrameType
from typing import IO, Any

from singer_sdk import Stream, Tap
from singer_sdk.helpers._util import load_json
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities

from taps.api_source.messages import BufferedWriter
from taps.tap_files.contract import load_contracts
from taps.tap_files.loading import QUARANTINE
from taps.tap_files.problems import FileError
from taps.tap_files.schemas import QUARANTINE_SCHEMA, rows_schema
from taps.tap_files.settings import SETTINGS_SCHEMA, Settings
from taps.tap_files.streams import FilesStream, RowsStream

__all__ = ["TapFiles"]


class TapFiles(Tap):
    """Reads exported CSV, JSONL and Parquet files under a declared contract."""

    name = "tap-files"
    package_name = "timonel"
    config_jsonschema = SETTINGS_SCHEMA
    message_writer_class = BufferedWriter
    capabilities = [  # noqa: RUF012
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    def __init__(self, **options: Any) -> None:
        self.failures: list[FileError] = []
        """Files that could not be loaded in this run."""
        super().__init__(**options)

    @cached_property
    def settings(self) -> Settings:
        """The checked settings."""
        return Settings.from_config(self.config)

    @cached_property
    def rows_streams(self) -> dict[str, RowsStream]:
        """The streams that ``files`` writes to, by name."""
        streams = self.streams.values()
        return {s.name: s for s in streams if isinstance(s, RowsStream)}

    def discover_streams(self) -> Sequence[Stream]:
        """``files``, one stream per contract, and the quarantine."""
        streams: list[Stream] = [FilesStream(self)]
        for contract in load_contracts().values():
            stream = RowsStream(self, rows_schema(contract), contract.stream)
            stream.primary_keys = ("file_sha256", "line_number")
            streams.append(stream)
        quarantine = RowsStream(self, QUARANTINE_SCHEMA, QUARANTINE)
        quarantine.primary_keys = ("stream_name", "batch_id", "location")
        return [*streams, quarantine]

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Run the command line; exits 1 when a file could not be loaded."""
        if about:
            cls.print_about(about_format)
            return
        tap = cls(
            config=config.config,
            state=load_json(state.read()) if state else None,
            catalog=load_json(catalog.read()) if catalog else None,
            parse_env_config=config.parse_env,
        )
        tap.settings  # noqa: B018  (wrong settings end the run before anything is out)
        tap.sync_all()
        if tap.failures:
            names = ", ".join(sorted({error.name for error in tap.failures}))
            cls.logger.error("Not loaded: %s. All other files were.", names)
            sys.exit(1)

    def _handle_termination(
        self,
        signum: int,
        frame: FrameType | None,  # noqa: ARG002
    ) -> None:
        """Exit as killed: the SDK would exit 0, as if every file had been read."""
        self.logger.error("Stopped by %s", signal.Signals(signum).name)
        sys.exit(128 + signum)
