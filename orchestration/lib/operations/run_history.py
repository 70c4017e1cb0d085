"""Dagster's run history in SQLite files that stay open while they are used.

Dagster's own storage opens and closes a file for every statement. Closing the last
connection makes SQLite move its journal into the file and wait for the disk, and a new
engine compiles every statement anew: of a run of 400 customers that was half the time.
A machine with more than one process for Dagster uses Postgres instead, as compose does.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sql import ALEMBIC_SCRIPTS_LOCATION
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

__all__ = ["OpenEventLog", "OpenRuns"]

# Every run has a file of its own, and the webserver looks at many.
_FILES_KEPT_OPEN = 8
_READ = ScriptDirectory.from_config
_read: dict[str | None, ScriptDirectory] = {}


def _migrations(config: Config) -> ScriptDirectory:
    """Those of Dagster's own stores, read once by a process.

    It reads all of them for each file that it opens: one per run, and three of all.
    """
    if config.get_main_option("script_location") != ALEMBIC_SCRIPTS_LOCATION:
        return _READ(config)
    # Each kind of store has settings of its own.
    settings = config.config_file_name and str(config.config_file_name)
    if settings not in _read:
        _read[settings] = _READ(config)
    return _read[settings]


ScriptDirectory.from_config = _migrations  # type: ignore[method-assign]


class OpenEventLog(SqliteEventLogStorage):
    """Dagster's event log: a file per run and one of all assets."""

    def __init__(
        self, base_dir: str, inst_data: ConfigurableClassData | None = None
    ) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """The folder, below ``DAGSTER_HOME``."""
        return {"folder": str}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Open the log in the folder of the configuration."""
        return cls(_below_home(config_value), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # The lock is Dagster's own: one thread at a time, as without us.
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there, which it stays: asked for each partition looked at.

        Dagster's own connects anew each time, a thousand times a run.
        """
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(
        self, conn: Connection, column_name: str
    ) -> bool:
        """Whether a column of assets is there, which it stays: asked for each event."""
        if (
            column_name not in self._columns
            and super()._has_asset_key_col_on_connection(conn, column_name)
        ):
            self._columns.add(column_name)
        return column_name in self._columns

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = _open(self.conn_string_for_shard(shard))
        self._engines.move_to_end(shard)
        while len(self._engines) > _FILES_KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    def delete_events(self, run_id: str) -> None:
        """Delete a run's events, and the file that held them."""
        super().delete_events(run_id)
        with self._db_lock:
            if engine := self._engines.pop(run_id, None):
                engine.dispose()
            self._initialized_dbs.discard(run_id)
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path_for_shard(run_id)}{ending}").unlink(missing_ok=True)

    def wipe(self) -> None:
        """Delete every run's file, closed first."""
        self.dispose()
        self._tables.clear()
        self._columns.clear()
        super().wipe()

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


class OpenRuns(SqliteRunStorage):
    """Dagster's list of runs."""

    def __init__(
        self, conn_string: str, inst_data: ConfigurableClassData | None = None
    ) -> None:
        super().__init__(conn_string, inst_data)
        self._engine = _open(conn_string)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """The folder, below ``DAGSTER_HOME``."""
        return {"folder": str}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Open the list in the folder of the configuration."""
        return cls.from_local(_below_home(config_value), inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Lend the open connection for one transaction."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the file."""
        super().dispose()
        self._engine.dispose()


def _below_home(config: Mapping[str, Any]) -> str:
    return str(Path(os.environ["DAGSTER_HOME"]) / config["folder"])


def _open(address: str) -> Engine:
    engine = create_engine(
        address,
        poolclass=QueuePool,
        connect_args={
            "timeout": SQLITE_BUSY_TIMEOUT_SECONDS,
            "check_same_thread": False,
        },
    )

    # With a journal ahead of the file (WAL) that is safe from corruption; a machine
    # that loses power may forget the last moments: sqlite.org/pragma.html#synchronous
    @event.listens_for(engine, "connect")
    def _wait_less(connection: Any, _record: Any) -> None:
        connection.execute("pragma synchronous = normal")

    return engine
