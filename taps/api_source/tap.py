"""The command line of a tap that calls an API."""

from __future__ import annotations

import json
import logging
import signal
import sys
from datetime import UTC, date, datetime
from types import FrameType
from typing import IO, Any, ClassVar, NoReturn

import click
from singer_sdk import Stream, Tap
from singer_sdk.configuration._dict_config import merge_missing_config_jsonschema
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._util import load_json
from singer_sdk.helpers.capabilities import (
    CapabilitiesEnum,
    PluginCapabilities,
    TapCapabilities,
)

from taps.api_source.errors import SourceError, TokenExpired, redact
from taps.api_source.messages import BufferedWriter
from taps.api_source.streams import SourceStream
from taps.sources import ending_soon

__all__ = ["TOKEN_EXPIRED", "SourceTap"]

#: Exit status after ``TokenExpired`` (EX_NOPERM of sysexits.h).
TOKEN_EXPIRED = 77


class SourceTap(Tap):
    """A tap whose failures are one line, and whose exit status tells them apart.

    Subclasses give ``name``, ``config_jsonschema``, ``discover_streams`` and
    ``check``. With ``end_date`` set, exactly ``start_date`` to ``end_date`` is read
    again, and no bookmark is used or moved.
    """

    package_name = "timonel"
    message_writer_class = BufferedWriter
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # A line per timer and counter; streams say themselves how much they wrote.
        self.metrics_logger.setLevel(logging.WARNING)

    @property
    def is_rereading(self) -> bool:
        """Whether a fixed range is asked for, whatever was read before."""
        return bool(self.config.get("end_date"))

    @property
    def start_date(self) -> date | None:
        """First date to read, if set."""
        return _as_date(self.config.get("start_date"))

    @property
    def end_date(self) -> date | None:
        """Last date to read, if set."""
        return _as_date(self.config.get("end_date"))

    def check(self) -> dict[str, Any]:
        """What the connection can see, without reading any record.

        Returns
        -------
        dict
            ``account``, ``currency_code``, ``time_zone``, ``scopes``,
            ``history_from`` (date or None), ``api_version``, ``warnings``; of a tap
            that reads several accounts, ``currency_codes`` and ``time_zones`` of all.

        Raises
        ------
        SourceError
            The source cannot be read with these settings.
        """
        raise NotImplementedError

    def version_warnings(self) -> list[str]:
        """What to say of the version of the API that is asked for, long before its end.

        Its end is declared in ``taps/sources``.
        """
        slug = self.name.removeprefix("tap-").replace("-", "_")
        version = str(self.config.get("api_version") or "")
        found = (
            ending_soon(slug, version, datetime.now(UTC).date()) if version else None
        )
        return [found] if found else []

    # The SDK calls it final; it has no other place for an order.
    def load_streams(self) -> list[Stream]:  # type: ignore[misc]
        """The streams in the order of ``discover_streams``: what matters most first.

        The SDK would read them by their names.
        """
        return list(self.discover_streams())

    def announce(self) -> None:
        """Write every SCHEMA message first, so that tables exist even when empty."""
        for stream in self.streams.values():
            if stream.selected and isinstance(stream, SourceStream):
                stream.announce()

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add none of the SDK's settings but the two dates every tap has."""
        merge_missing_config_jsonschema(_DATES, config_jsonschema)

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command with ``--check``."""
        command = super().get_singer_command()
        command.help = cls.__doc__
        command.params.append(
            click.Option(
                ["--check"],
                is_flag=True,
                help="Try the connection, print what it can see as JSON, and exit.",
            )
        )
        return command

    @classmethod
    def invoke(  # type: ignore[override]  # noqa: PLR0913 - one per option
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
        check: bool = False,
    ) -> None:
        """Run the command line.

        Exits 1 when the source could not be read, 77 when its token ran out.
        """
        if about:
            cls.print_about(about_format or "markdown")
            return
        # Third parties log URLs, which may hold tokens.
        for chatty in ("urllib3", "requests", "google"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        try:
            tap = cls(
                config=config.config if config else {},
                state=load_json(state.read()) if state else None,
                catalog=load_json(catalog.read()) if catalog else None,
                parse_env_config=bool(config and config.parse_env),
            )
            if check:
                told = tap.check()
                told["warnings"] = [*told.get("warnings", ()), *tap.version_warnings()]
                sys.stdout.write(json.dumps(told, default=str) + "\n")
            else:
                for warning in tap.version_warnings():
                    cls.logger.warning("%s", warning)
                tap.announce()
                tap.sync_all()
                sys.stdout.buffer.flush()
        except ConfigValidationError as error:
            _stop("; ".join(error.errors) or str(error), 1)
        except TokenExpired as error:
            _stop(str(error), TOKEN_EXPIRED)
        except SourceError as error:
            _stop(str(error), 1)

    def _handle_termination(
        self,
        signum: int,
        frame: FrameType | None,  # noqa: ARG002
    ) -> None:
        """Exit as killed: the SDK would exit 0, as if everything had been read."""
        self.logger.error("Stopped by %s", signal.Signals(signum).name)
        sys.exit(128 + signum)


def _stop(message: str, status: int) -> NoReturn:
    # What is buffered belongs to windows that were not finished, but is true.
    sys.stdout.buffer.flush()
    sys.stderr.write(f"ERROR: {redact(message)}\n")
    sys.exit(status)


def _as_date(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise SourceError(
            f"'{value}' is not a date", remedy="Write dates as 2026-01-31."
        ) from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


_DATES: dict[str, Any] = {
    "properties": {
        "start_date": {
            "type": ["string", "null"],
            "title": "Start date",
            "description": (
                "First date read on the first run (YYYY-MM-DD); default: as far back "
                "as the source allows."
            ),
        },
        "end_date": {
            "type": ["string", "null"],
            "title": "End date",
            "description": (
                "Read exactly start_date to this date (YYYY-MM-DD, both included) "
                "again; the bookmark is neither used nor moved."
            ),
        },
    }
}
