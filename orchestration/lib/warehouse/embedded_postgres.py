"""A Postgres of our own: the binaries of a Python wheel, on 127.0.0.1 and a free port.

Nothing but Python is needed. The server outlives the process that started it, so
a second start only looks up the port. Postgres refuses to run as root; started by
root it runs as an unprivileged account of the machine instead.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from orchestration.lib.warehouse.postgres_wheel import (
    SYSTEM_STATE,
    PostgresWillNotStart,
    binaries,
    stage_binaries,
    wheel_folder,
)
from orchestration.lib.warehouse.server_errors import remedy_of_start

__all__ = ["EmbeddedPostgres", "PostgresWillNotStart"]

_ADMIN = "postgres"
_DATABASE = "timonel"
_SETTINGS = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "scram_iterations": "4096",  # of readers' passwords; our own is set before
    # Whatever readers hold open, there are places left for us, who are its superuser.
    "superuser_reserved_connections": "20",
}


@dataclass(frozen=True)
class EmbeddedPostgres:
    """One embedded server, described by the folder that holds its state.

    Parameters
    ----------
    home
        Folder for the data directory, password, port and log. Created on start.
    settings
        Extra server settings, such as ``{"fsync": "off"}`` in tests.
    """

    home: Path
    settings: tuple[tuple[str, str], ...] = ()

    def start(self) -> str:
        """Start the server unless it runs, and return its URL.

        Safe from several processes at once, after a crash, with a stale pid file.

        Raises
        ------
        PostgresWillNotStart
            With the last lines of the server's log.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with self._lock():
            is_created = (self.home / "created").exists()
            if not is_created:
                self._create()
            if not self._pid():
                self._launch()
        return self.url()

    def stop(self) -> bool:
        """Stop the server after its writes. False if it was not running."""
        if not self.home.exists():
            return False
        with self._lock():
            if not self._pid():
                return False
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._data))
            return True

    def remove(self) -> None:
        """Stop the server and delete all it ever stored."""
        self.stop()
        if self.home.exists():
            shutil.rmtree(self.state, ignore_errors=True)
            shutil.rmtree(self.home, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether the postmaster of this data directory is alive."""
        return self.home.exists() and self._pid() is not None

    def url(self) -> str:
        """Connection URL of the running server, password included."""
        password = (self.home / "password").read_text().strip()
        return f"postgresql://{_ADMIN}:{password}@127.0.0.1:{self._port()}/{_DATABASE}"

    def program(self, name: str) -> Path:
        """Path of a client program of the same build, such as ``psql``."""
        return self._binaries / name

    # -- where things are ------------------------------------------------------

    @property
    def _account(self) -> pwd.struct_passwd | None:
        """The account the server runs as, or None for the present user."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise PostgresWillNotStart(
            "Postgres does not run as root and this machine has neither a "
            "'postgres' nor a 'nobody' account. Run as an ordinary user, or set "
            "TIMONEL_DATABASE_URL to a server of your own."
        )

    @property
    def _is_hidden(self) -> bool:
        """Whether the unprivileged account is locked out of our folders.

        As below /root, which is not ours to open to everyone.
        """
        if self._account is None:
            return False
        places = (self.home.absolute(), wheel_folder())
        return any(
            not folder.stat().st_mode & 0o001
            for place in places
            for folder in (place, *place.parents)
        )

    @property
    def state(self) -> Path:
        """Folder owned by the account the server runs as."""
        if not self._is_hidden:
            return self.home.absolute()
        name = hashlib.sha256(str(self.home.absolute()).encode()).hexdigest()[:12]
        return SYSTEM_STATE / name

    @property
    def _data(self) -> Path:
        return self.state / "data"

    @property
    def _binaries(self) -> Path:
        return binaries(is_staged=self._is_hidden)

    # -- making and launching --------------------------------------------------

    def _create(self) -> None:
        if self._pid():  # its folder was deleted under a running server
            self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self._data))
        # A killed initdb leaves a half-made directory that it refuses to reuse.
        shutil.rmtree(self._data, ignore_errors=True)
        self._prepare_folders()
        password_file = self.home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(24))
        handover = self.state / "initdb-password"
        handover.touch(mode=0o600)
        handover.write_text(password_file.read_text())
        self._own(handover)
        self._run(
            "initdb",
            *("-D", str(self._data), "-U", _ADMIN, "-E", "UTF8"),
            *("--locale=C.UTF-8", "--auth=scram-sha-256"),
            # They slow down who guesses, and nobody guesses 192 random bits.
            *("--set", "scram_iterations=1"),
            f"--pwfile={handover}",
        )
        handover.unlink()
        (self.home / "created").touch()

    def _prepare_folders(self) -> None:
        if self._is_hidden:
            stage_binaries()
        self.state.mkdir(parents=True, exist_ok=True)
        if self._is_hidden:
            self._own(self.state)
        elif self._account is not None:
            # initdb makes `data` itself, so its parent must be writable for it.
            self._data.mkdir(exist_ok=True)
            self._own(self._data)

    def _launch(self) -> None:
        pid_file = self._data / "postmaster.pid"
        pid_file.unlink(missing_ok=True)
        log = self._data / "server.log"
        port = self._free_port()
        settings = {**_SETTINGS, **dict(self.settings), "port": str(port)}
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        try:
            self._run(
                *("pg_ctl", "start", "-w", "-t", "60", "-D", str(self._data)),
                *("-l", str(log), "-o", options),
            )
        except PostgresWillNotStart as failure:
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            tail = "\n".join(lines[-8:])
            said = f"{failure}\nThe server's log ends with:\n{tail}"
            raise PostgresWillNotStart(
                f"{said}\n{remedy_of_start(said, self._data)}"
            ) from None
        # In one step: on a full disk the old one stays.
        fresh = self.home / "port.new"
        fresh.write_text(str(port))
        fresh.replace(self.home / "port")
        self._ensure_database()

    def _ensure_database(self) -> None:
        maintenance = self.url().removesuffix(_DATABASE) + "postgres"
        with psycopg.connect(maintenance, autocommit=True) as connection:
            query = "select 1 from pg_database where datname = %s"
            if connection.execute(query, [_DATABASE]).fetchone() is None:
                connection.execute(f"create database {_DATABASE}")

    def _free_port(self) -> int:
        """The port of last time if it is still free, so that URLs keep working."""
        for wanted in (self._port(), 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with contextlib.suppress(OSError):
                    probe.bind(("127.0.0.1", wanted))
                    return int(probe.getsockname()[1])
        raise PostgresWillNotStart("No free port on 127.0.0.1.")

    def _port(self) -> int:
        note = self.home / "port"
        return int(note.read_text()) if note.exists() else 0

    def _pid(self) -> int | None:
        """Process id of the live postmaster; None for a missing or stale pid file."""
        pid_file = self._data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if str(self._data) in _command_line(pid) else None

    # -- running programs ------------------------------------------------------

    def _run(self, program: str, *arguments: str) -> str:
        account = self._account
        # pg_ctl hands its output to the server: a pipe would stay open as long.
        with (self.home / "program-output").open("w+") as output:
            done = subprocess.run(
                [str(self.program(program)), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.state,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=() if account else None,
                check=False,
            )
            output.seek(0)
            said = output.read()
        if done.returncode != 0:
            raise PostgresWillNotStart(f"{program} failed: {said.strip()}")
        return said

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)
            path.chmod(0o700 if path.is_dir() else 0o600)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One starter or stopper at a time, across processes."""
        with (self.home / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _command_line(pid: int) -> str:
    """Command line of a process, empty if there is none with this id."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text()
        return ""
    query = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout
