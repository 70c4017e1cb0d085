"""The tap as others run it: a process with an exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.preview import preview
from taps.tap_files.settings import Settings

LIMIT_MB = 200
ROWS = 200_000


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "taps.tap_files", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def config(folder: Path, **settings: object) -> str:
    path = folder.parent / "config.json"
    path.write_text(json.dumps({"paths": [str(folder)], **settings}))
    return str(path)


@pytest.mark.parametrize("option", ["--about", "--help", "--version"])
def test_it_explains_itself(option: str) -> None:
    done = command(option)

    assert done.returncode == 0
    assert "tap" in done.stdout


def test_discovery_lists_the_streams_without_any_file() -> None:
    done = command("--discover")

    streams = {stream["tap_stream_id"] for stream in json.loads(done.stdout)["streams"]}
    assert streams == {
        "files",
        "quarantined_records",
        *(contract.stream for contract in load_contracts().values()),
    }


def test_a_good_run_exits_0(folder: Path) -> None:
    (folder / "log.csv").write_text("customer_id,date,amount\n1,2024-01-05,10.00\n")

    done = command("--config", config(folder))

    assert done.returncode == 0
    assert '"amount":10.00' in done.stdout


def test_a_preview_adds_up_what_is_of_one_currency(folder: Path) -> None:
    header = "customer_id,date,amount,currency,status\n"
    euros = "1,2024-01-05,10.00,EUR,paid\n2,2024-01-06,-4.00,EUR,paid\n"
    path = folder / "log.csv"

    def money() -> object:
        (file,) = preview(Settings.from_config({"paths": [str(path)]}))["files"]
        return file["money"]

    path.write_text(header + euros)
    assert money() == {"paid": "10.00", "given back": "-4.00"}
    path.write_text(f"{header}{euros}3,2024-01-07,7.00,USD,paid\n")
    told = {"paid EUR": "10.00", "given back EUR": "-4.00", "paid USD": "7.00"}
    assert money() == told


def test_a_preview_says_what_net_sales_come_to(folder: Path) -> None:
    """Half of A's goods and a fifth of B came back; the third tells no taxes."""
    path = folder / "log.csv"
    path.write_text(
        "purchase_id,customer_id,date,amount,tax_amount,shipping_amount,refunded_amount\n"
        "A,1,2026-01-05,131.00,21.00,10.00,0\nA,1,2026-01-06,-60.50,-10.50,,0\n"
        "B,2,2026-01-05,60.50,10.50,0,12.10\n,3,2026-01-05,10.00,,,0\n"
    )

    (file,) = preview(Settings.from_config({"paths": [str(path)]}))["files"]

    assert file["net"] == {
        "basis": "mixed",
        "money": {"": {"taxes": "18.90", "shipping": "10.00", "net sales": "100.00"}},
    }
    assert file["columns"]["tax_amount"] == "tax_amount"


def test_a_bad_file_makes_it_exit_1_with_one_line_each(folder: Path) -> None:
    (folder / "bad.csv").write_text("")
    (folder / "good.csv").write_text("customer_id,date,amount\n1,2024-01-05,10.00\n")

    done = command("--config", config(folder))

    assert done.returncode == 1
    assert "bad.csv: the file is empty. Export it again" in done.stderr
    assert "Not loaded: bad.csv. All other files were." in done.stderr
    assert "Traceback" not in done.stderr
    assert '"file_name":"good.csv"' in done.stdout


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"time_zone": "Madrid"}, "time_zone is 'Madrid': it must be an IANA"),
        ({"currency_code": "EURO"}, "currency_code is 'EURO': it must be an ISO 4217"),
        ({"encoding": "utf-9"}, "encoding is 'utf-9'"),
        ({"delimiter": "::"}, "delimiter is '::'"),
        ({"columns": {"colour": "x"}}, "columns is {'colour': 'x'}"),
        ({"contract": "orders"}, "'orders' is not one of"),
    ],
)
def test_a_wrong_setting_ends_the_run_before_any_output(
    folder: Path, settings: dict[str, object], message: str
) -> None:
    done = command("--config", config(folder, **settings))

    assert done.returncode == 1
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="reads memory from Linux' /proc"
)
def test_memory_does_not_grow_with_the_file(folder: Path) -> None:
    with (folder / "log.csv").open("w") as stream:
        stream.write("order_id,customer_id,date,amount\n")
        for row in range(ROWS):
            stream.write(f"A-{row},{row % 997},2024-01-05 10:00:{row % 60:02d},1.25\n")
    program = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from taps.tap_files.tap import TapFiles\n"
        f"tap = TapFiles(config={{'paths': [{str(folder)!r}]}})\n"
        "tap.sync_all()\n"
        # Not ru_maxrss: a child inherits that from the process that forked it.
        "status = Path('/proc/self/status').read_text()\n"
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024\n"
        "print(peak, file=sys.stderr)\n"
    )

    with (folder.parent / "out").open("w") as output:
        done = subprocess.run(
            [sys.executable, "-c", program],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )

    assert int(done.stderr.splitlines()[-1]) < LIMIT_MB
    with (folder.parent / "out").open() as output:
        assert sum('"stream":"purchases","record"' in line for line in output) == ROWS
