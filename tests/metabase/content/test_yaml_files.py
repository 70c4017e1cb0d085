"""A text is parsed once, a changed file is seen, and nobody shares what was read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from metabase.content import yaml_files
from metabase.content.company import EXAMPLE
from metabase.content.compile import compile_pages
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.yaml_files import parsed
from tests.metabase.server.servers import copy_content


def test_a_file_that_changes_within_its_own_second_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text("name: acme\n")
    before, stamp = parsed(path), path.stat()

    path.write_text("name: bolt\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

    assert (before, parsed(path)) == ({"name": "acme"}, {"name": "bolt"})


def test_what_a_caller_changes_is_not_seen_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text("names: [{is: acme}]\n")

    mine = parsed(path)
    mine["names"][0]["is"] = "spoilt"
    mine["names"].append("more")

    assert parsed(path) == {"names": [{"is": "acme"}]}


def test_a_broken_file_is_refused_each_time_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text("name: [acme\n")

    for _ in range(2):
        with pytest.raises(yaml.YAMLError, match="line 2"):
            parsed(path)


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text("cards:\n  a: {x: 1}\n  b: {x: 1}\n  a: {x: 2}\n")

    with pytest.raises(yaml.YAMLError, match="'a' stands twice") as error:
        parsed(path)

    assert "line 4" in str(error.value)


def test_a_copy_of_the_content_is_not_parsed_again(tmp_path: Path) -> None:
    compile_pages(CONTENT_ROOT)
    copy_content(tmp_path)
    known = yaml_files._parsed.cache_info().misses

    copied = compile_pages(tmp_path)

    assert copied
    assert yaml_files._parsed.cache_info().misses == known


def test_content_that_was_spoilt_is_read_whole_again() -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)
    expected = repr(content)
    for card in content.cards.values():
        card.settings.clear()  # type: ignore[attr-defined]

    assert repr(content) != expected
    assert repr(load_content(CONTENT_ROOT, EXAMPLE)) == expected


def test_every_file_says_what_the_plain_reader_finds_in_it() -> None:
    for path in sorted(CONTENT_ROOT.rglob("*.y*ml")):
        if "node_modules" not in path.parts:
            assert parsed(path) == yaml.safe_load(path.read_text("utf-8")), path
