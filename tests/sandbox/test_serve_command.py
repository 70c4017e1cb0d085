"""`python -m sandbox serve`, as a process that somebody else starts and ends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests


@contextmanager
def serving(home: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sandbox", "serve", "--home", str(home)),
            *("--port", "0", "--customers", "30", "--exit-with-parent", *options),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def url_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    url: str = json.loads(process.stdout.readline())["url"]
    return url


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_the_first_line_says_where_it_listens_and_the_end_of_input_ends_it(
    home: Path,
) -> None:
    with serving(home, "--today", "2026-06-15") as process:
        url = url_of(process)
        clock = requests.get(f"{url}/_sandbox/clock", timeout=20).json()
        told = requests.get(f"{url}/_sandbox/connections", timeout=20).json()
        output, errors = process.communicate(timeout=20)

    assert url.startswith("http://127.0.0.1:")
    assert clock["anchor"] == "2026-06-15"
    assert clock["now"].startswith("2026-06-15T12:0")
    assert process.returncode == 0
    assert output == ""
    (folder,) = told["plaza"]["connections"]["files"]["settings"]["paths"]
    assert "users.csv" in {file.name for file in Path(folder).iterdir()}
    for connection in told["andes"]["connections"].values():
        for secret in connection["secrets"].values():
            assert secret not in errors


def test_a_kept_world_moves_on_with_the_date_it_is_started_on(home: Path) -> None:
    with serving(home, "--today", "2026-06-15") as process:
        url = url_of(process)
        first = requests.get(f"{url}/_sandbox/truth", timeout=20).json()
    with serving(home, "--today", "2026-07-01") as process:
        url = url_of(process)
        clock = requests.get(f"{url}/_sandbox/clock", timeout=20).json()
        truth = requests.get(f"{url}/_sandbox/truth", timeout=20).json()

    assert clock["anchor"] == "2026-06-15"
    assert clock["now"].startswith("2026-07-01")
    assert truth["andes"]["bg_nbd"] == first["andes"]["bg_nbd"]
    assert truth["andes"]["as_of_date"] == "2026-06-14"
    assert truth["plaza"]["as_of_date"] == "2026-06-14"
    assert truth["plaza"] == first["plaza"]
    assert len(list(home.glob("world-*.sqlite"))) == 1


def test_a_port_that_is_taken_is_said_so(home: Path) -> None:
    with serving(home) as process:
        port = url_of(process).rsplit(":", 1)[1]
        other = subprocess.run(
            [
                *(sys.executable, "-m", "sandbox", "serve", "--home", str(home)),
                *("--customers", "30", "--port", port),
            ],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert other.returncode == 1
    assert other.stderr.strip().splitlines()[-1].startswith("ERROR: ")
    assert "Traceback" not in other.stderr
    assert port in other.stderr
