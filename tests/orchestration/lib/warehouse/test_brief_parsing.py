"""What dbt parsed is read as it was, and laid out as dbt lays it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

from orchestration.lib.warehouse import brief_parsing
from tests.conftest import KnowsProject
from tests.dbt_project.dbt_commands import written
from tests.suite.parsed_state import FILE_NAME

Read = Callable[[], Manifest]


@pytest.fixture
def parsed(knows_project: KnowsProject, database_url: str) -> bytes:
    """dbt's own file, kept for a database of its own."""
    folder = Path(knows_project(database_url)["DBT_TARGET_PATH"])
    return (folder / FILE_NAME).read_bytes()


def _read(content: bytes, kept: Path) -> Manifest:
    return brief_parsing.unpacked(content, kept, decoder=extended_mashumuro_decoder)


def _told(manifest: Manifest) -> dict[str, object]:
    return {
        **written(manifest),
        "files": {key: str(file) for key, file in manifest.files.items()},
    }


@pytest.fixture
def unpacked() -> Iterator[list[bytes]]:
    """Each content that dbt itself took to pieces."""
    original, seen = brief_parsing._UNPACK, list[bytes]()

    def counted(content: bytes, **decoding: object) -> Manifest:
        seen.append(content)
        return original(content, **decoding)

    with patch.object(brief_parsing, "_UNPACK", counted):
        yield seen


def test_the_second_time_python_reads_what_dbt_read_the_first_time(
    parsed: bytes, unpacked: list[bytes], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"

    first, second = _read(parsed, kept), _read(parsed, kept)

    assert (len(unpacked), _told(second)) == (1, _told(first))
    assert len(second.nodes) > 500
    # As text: dbt calls no hash of nothing equal to another.
    assert str(second.state_check) == str(first.state_check)


def test_a_test_is_given_what_python_keeps_of_its_own_database(
    parsed: bytes, unpacked: list[bytes], knows_project: KnowsProject, database_url: str
) -> None:
    folder = Path(knows_project(database_url)["DBT_TARGET_PATH"])

    found = _read(parsed, folder / brief_parsing.KEPT)

    names = {node.database for node in found.nodes.values()}
    assert (names, unpacked) == ({database_url.rsplit("/", 1)[1]}, [])
    assert _told(found) == _told(_read(parsed, folder / "no_such_file"))


def test_what_is_of_another_content_or_damaged_is_read_by_dbt_and_written_anew(
    parsed: bytes, unpacked: list[bytes], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    _read(parsed, kept)
    whole = kept.read_bytes()
    middle = len(whole) // 2
    other = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]

    for content in (b"", whole[:-1], other, b"x" + whole[1:]):
        kept.write_bytes(content)
        assert len(_read(parsed, kept).nodes) > 500
        assert kept.read_bytes()[:32] == whole[:32]
    # dbt's own names of the database stand in it: of another nothing holds.
    _read(parsed.replace(b"test_", b"tset_"), kept)

    assert len(unpacked) == 6


def test_where_nobody_may_write_dbt_reads_as_it_did(
    parsed: bytes, unpacked: list[bytes], tmp_path: Path
) -> None:
    for _ in range(2):
        assert _read(parsed, tmp_path / "no_folder" / "kept").nodes

    assert len(unpacked) == 2


def test_a_template_sees_the_graph_that_dbt_lays_out(parsed_project: Manifest) -> None:
    manifest = Manifest(nodes=parsed_project.nodes, sources=parsed_project.sources)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    expected = manifest.flat_graph
    found = brief_parsing.Graph(manifest)

    assert set(found) == set(expected)
    nodes = found["nodes"]
    for key, node in expected["nodes"].items():
        asked = ("name", "resource_type", "unique_id", "config", "fqn")
        assert {name: nodes[key][name] for name in asked} == {
            name: node[name] for name in asked
        }
    last = next(reversed(expected["nodes"]))
    assert dict(nodes[last]) == expected["nodes"][last]
    assert dict(found["sources"]) == expected["sources"]
    assert found.get("no_such_part", {}) == {}
