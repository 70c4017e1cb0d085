"""The embedded server survives what happens to servers on people's machines."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.warehouse.embedded_postgres import (
    EmbeddedPostgres,
    PostgresWillNotStart,
)


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp())
    server = EmbeddedPostgres(folder / "postgres", settings=(("fsync", "off"),))
    yield server
    server.remove()
    shutil.rmtree(folder)


def _write_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists notes (note text)")
        connection.execute("insert into notes values ('kept')")


def _rows(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("select note from notes").fetchall()


def _postmaster(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.url()) as connection:
        query = "select setting from pg_settings where name = 'data_directory'"
        row = connection.execute(query).fetchone()
    assert row is not None
    pid_file = Path(row[0]) / "postmaster.pid"
    return int(pid_file.read_text().split("\n", 1)[0])


def test_rows_outlive_a_stop_and_a_second_start(server: EmbeddedPostgres) -> None:
    _write_a_row(server.start())

    assert server.stop()
    assert not server.is_running()

    assert _rows(server.start()) == [("kept",)]


def test_a_second_start_finds_the_running_server(server: EmbeddedPostgres) -> None:
    first = server.start()
    pid = _postmaster(server)

    assert server.start() == first
    assert _postmaster(server) == pid


def test_the_address_stays_the_same_after_a_restart(server: EmbeddedPostgres) -> None:
    first = server.start()
    server.stop()

    assert server.start() == first


def test_rows_outlive_a_killed_server(server: EmbeddedPostgres) -> None:
    _write_a_row(server.start())

    pid = _postmaster(server)
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists() and "Z" not in _state(pid):
        pass

    assert _rows(server.start()) == [("kept",)]


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def test_a_stale_pid_file_of_another_process_is_seen_through(
    server: EmbeddedPostgres,
) -> None:
    _write_a_row(server.start())
    pid_file = server._data / "postmaster.pid"
    content = pid_file.read_text()
    server.stop()
    stale = content.replace(content.split("\n", 1)[0], str(os.getpid()), 1)
    pid_file.write_text(stale)

    assert not server.is_running()
    assert _rows(server.start()) == [("kept",)]


def test_a_half_made_data_directory_is_made_again(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.home / "created").unlink()
    (server._data / "PG_VERSION").unlink()

    with psycopg.connect(server.start()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_many_processes_may_start_it_at_once(server: EmbeddedPostgres) -> None:
    program = (
        "from pathlib import Path\n"
        "from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres\n"
        f"print(EmbeddedPostgres(Path({str(server.home)!r})).start())\n"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    urls = {starter.communicate()[0].strip() for starter in starters}

    assert urls == {server.url()}


def test_the_first_servers_of_a_machine_may_start_together(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from orchestration.lib.warehouse import postgres_wheel\n"
        f"postgres_wheel.SYSTEM_STATE = Path({str(tmp_path / 'state')!r})\n"
        "postgres_wheel.stage_binaries()\n"
        "print((postgres_wheel.binaries(is_staged=True) / 'postgres').exists())\n"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    assert [starter.communicate()[0].strip() for starter in starters] == ["True"] * 3
    assert not list((tmp_path / "state").rglob("*.copying"))


def test_the_password_guards_the_server(server: EmbeddedPostgres) -> None:
    url = server.start()
    password = (server.home / "password").read_text()

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace(password, "guessed"))
    assert (server.home / "password").stat().st_mode & 0o077 == 0


def test_a_server_that_cannot_start_says_what_its_log_says(
    server: EmbeddedPostgres,
) -> None:
    server.start()
    server.stop()
    broken = EmbeddedPostgres(server.home, settings=(("shared_buffers", "nonsense"),))

    with pytest.raises(PostgresWillNotStart, match=r"(?s)shared_buffers.*make clean"):
        broken.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_run_it() -> None:
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    program = (
        "from pathlib import Path\n"
        "from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path({str(folder / 'postgres')!r}))\n"
        "print(server.start())\n"
        "server.remove()\n"
    )
    python = _interpreter_for_everyone()
    if python is None:
        pytest.skip("no Python of this version is readable for other users")

    done = subprocess.run(
        [python, "-c", program],
        env={"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=(),
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(folder)

    assert done.stdout.startswith("postgresql://"), done.stderr


def _interpreter_for_everyone() -> Path | None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (Path(sys.executable), Path("/usr/bin") / version):
        real = candidate.resolve()
        hidden = any(not each.stat().st_mode & 0o001 for each in real.parents)
        if real.exists() and not hidden:
            return candidate
    return None
