"""Delivering: the same files for the same seed, and none touched in vain."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.export import export

FILES = (
    "cdnow/purchases.csv",
    "tienda_norte/orders_export.csv",
    "tienda_norte/ad_spend.csv",
    "truth.json",
)


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_two_deliveries_of_one_seed_are_equal_byte_for_byte(tmp_path: Path) -> None:
    export(tmp_path / "one", seed=5, customers=50)
    export(tmp_path / "two", seed=5, customers=50)

    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert sorted(contents(tmp_path / "one")) == sorted(FILES)


def test_delivering_again_touches_no_file(tmp_path: Path) -> None:
    first = export(tmp_path, seed=5, customers=50)
    before = {file: (tmp_path / file).stat().st_mtime_ns for file in FILES}

    second = export(tmp_path, seed=5, customers=50)

    assert all(delivery.changed for delivery in first)
    assert not any(delivery.changed for delivery in second)
    assert {file: (tmp_path / file).stat().st_mtime_ns for file in FILES} == before


def test_another_seed_is_another_shop_and_the_same_cdnow(tmp_path: Path) -> None:
    export(tmp_path, seed=5, customers=50)

    changed = {
        str(delivery.path.relative_to(tmp_path)): delivery.changed
        for delivery in export(tmp_path, seed=6, customers=50)
    }

    assert changed == dict(zip(FILES, (False, True, True, True), strict=True))


def test_more_customers_leave_the_advertising_as_it_was(tmp_path: Path) -> None:
    export(tmp_path, seed=5, customers=50)

    changed = [delivery.changed for delivery in export(tmp_path, seed=5, customers=60)]

    assert changed == [False, True, False, True]


def test_a_damaged_file_is_delivered_again(tmp_path: Path) -> None:
    export(tmp_path, seed=5, customers=50)
    log = tmp_path / "cdnow" / "purchases.csv"
    whole = log.read_bytes()
    log.write_bytes(whole[:100])

    export(tmp_path, seed=5, customers=50)

    assert log.read_bytes() == whole


def test_one_customer_is_enough_for_a_delivery(tmp_path: Path) -> None:
    export(tmp_path, seed=5, customers=1)

    assert len(contents(tmp_path)) == len(FILES)


def test_the_command_says_which_files_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["export", str(tmp_path), "--seed", "5", "--customers", "20"])

    printed = capsys.readouterr().out
    assert code == 0
    assert printed.count("written") == len(FILES)
    assert "orders_export.csv" in printed


def test_the_module_explains_itself() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "sandbox", "export", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    for word in ("DIRECTORY", "--seed", "--customers", "truth.json"):
        assert word.lower() in helped.stdout.lower()


@pytest.mark.parametrize("bad", ["0", "-3", "many"])
def test_an_impossible_number_of_customers_is_refused(
    tmp_path: Path, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["export", str(tmp_path), "--customers", bad])

    assert stopped.value.code == 2
    assert "--customers" in capsys.readouterr().err
    assert not contents(tmp_path)
