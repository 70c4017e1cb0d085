"""The registry reads what files declare, and says which of them does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration.lib.connections.source_declarations import (
    WrongDeclaration,
    declared_source,
)
from orchestration.lib.connections.sources import FOLDER, SOURCES

# What is said of a source with a tap of its own; the others are refused by the tap.
_PARTS = {
    *("title", "tap", "domain", "feeds", "service_level", "events", "slices"),
    "versions",
    *("secrets", "streams", "consent", "connect"),
}
_TOYS = """
title: {en: Toys, es: Juguetes}
description: toys.
settings:
  shop: {type: array, required: true, description: Shops to read.}
  client_id: {type: string, required: true, description: Of the app.}
  token: {type: string, secret: true, required: true, description: A token.}
streams:
  toys: {description: A toy.}
"""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda p: p.stem)
def test_every_part_of_a_file_is_one_that_is_read(path: Path) -> None:
    told = yaml.safe_load(path.read_text())

    if "tap" in told:
        assert set(told) <= _PARTS
        for stream in told["streams"].values():
            assert set(stream) <= {"description", "control"}
    assert set(told["title"]) == {"en", "es"}


def test_orders_are_read_before_advertising_and_that_before_the_rest() -> None:
    assert list(SOURCES)[:4] == ["files", "shopify", "google_ads", "meta_ads"]


def test_what_a_connection_needs_follows_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "toys.yml").write_text(_TOYS)

    source = declared_source(tmp_path / "toys.yml")

    assert source.secret_settings == ("token",)
    assert (source.tap_module, source.tap_arguments) == ("taps.declared", ("toys",))
    assert [table.name for table in source.tables] == ["toys", "slices"]
    assert source.connect
    assert source.connect.help == "Read Toys: toys."
    assert {n: (o.setting, o.many) for n, o in source.connect.options.items()} == {
        "shop": ("shop", True)
    }
    assert source.connect.takes_client_id
    (way,) = source.connect.ways
    assert (way.settings, way.secrets) == (("shop", "client_id"), ("token",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: {en: Toys, es: Juguetes}\n", "", "'title'"),
        ("{description: A toy.}", "{columns: {}}", "'description'"),
        ("settings:", "consent: {x: 1}\nsettings:", "'scopes'"),
    ],
)
def test_a_file_that_declares_no_source_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (tmp_path / "toys.yml").write_text(_TOYS.replace(old, new))

    with pytest.raises(WrongDeclaration, match=rf"toys\.yml .*{said}"):
        declared_source(tmp_path / "toys.yml")
