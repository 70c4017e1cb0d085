"""The cluster that tests copy is never one of other code, nor half of one."""

import json
import sys
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.suite.template_cluster import (
    FAST,
    CopiedPostgres,
    TemplateFailed,
    bring_home,
    fingerprints,
    template_cluster,
    watched_files,
)

MODEL = "dbt_project/models/marts/commerce/orders.sql"
#: Does what making a cluster does, but for the cluster.
MAKES = """
import json, sys
from pathlib import Path
from tests.suite.template_cluster import fingerprints, watched_files
folder = Path(sys.argv[1])
(folder / "made").touch()
(folder / "inputs.json").write_text(json.dumps(fingerprints(watched_files())))
"""
FAILS = "import sys; print('a model is broken'); sys.exit(1)"


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


def keep(folder: Path, **changes: str) -> Path:
    """Put a cluster there, of today's files with some of another content."""
    folder.mkdir()
    inputs = fingerprints(watched_files()) | changes
    (folder / "inputs.json").write_text(json.dumps(inputs))
    return folder


def test_the_models_migrations_and_taps_decide(tmp_path: Path) -> None:
    watched = watched_files()

    assert MODEL in watched
    assert "orchestration/migrations/versions/0001_rooms.py" in watched
    assert "taps/tap_shopify/order_file.py" in watched
    assert "requirements.lock" in watched
    assert not [name for name in watched if "/target/" in name]


def test_a_cluster_of_the_same_files_is_used(tmp_path: Path) -> None:
    kept = keep(tmp_path / "kept")

    assert template_cluster(tmp_path, program(FAILS)).folder == kept


@pytest.mark.parametrize(
    "changes",
    [
        {MODEL: "another content"},
        {"dbt_project/models/marts/gone.sql": "a model that is no longer there"},
    ],
)
def test_a_cluster_of_other_files_is_made_anew(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    stale = keep(tmp_path / "stale", **changes)

    found = template_cluster(tmp_path, program(MAKES)).folder

    assert found != stale
    assert (found / "made").exists()


def test_a_new_model_makes_it_anew(tmp_path: Path) -> None:
    stale = keep(tmp_path / "stale")
    inputs = json.loads((stale / "inputs.json").read_text())
    # As if the model had been written since.
    del inputs[MODEL]
    (stale / "inputs.json").write_text(json.dumps(inputs))

    assert template_cluster(tmp_path, program(MAKES)).folder != stale


def test_what_a_killed_run_left_is_not_used(tmp_path: Path) -> None:
    half = keep(tmp_path / "unfinished-1")

    found = template_cluster(tmp_path, program(MAKES)).folder

    assert (found / "made").exists()
    assert not half.exists()


def test_what_cannot_be_made_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TemplateFailed, match="a model is broken"):
        template_cluster(tmp_path, program(FAILS))

    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_cluster_in_a_folder_that_nobody_else_may_open_is_copied(
    tmp_path: Path, memory: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    made = EmbeddedPostgres(hidden / "unfinished" / "postgres", settings=FAST)
    made.start()
    made.stop()
    elsewhere = made.state
    bring_home(made)
    kept = made.home.parent.rename(hidden / "kept")

    copy = CopiedPostgres(
        memory / "hidden", settings=FAST, origin=EmbeddedPostgres(kept / "postgres")
    )
    try:
        copy.start()
        with psycopg.connect(copy.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        copy.remove()
    assert not elsewhere.exists()
