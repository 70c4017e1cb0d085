"""The seeds of Chile's regions and comunas are whole and agree with each other."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds" / "places"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def alias(name: str) -> str:
    """What the macro channel_alias makes of a name."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore")
    return re.sub("[^a-z0-9]+", "_", plain.decode()).strip("_")


def test_there_are_16_regions_and_346_comunas() -> None:
    assert len(rows("chile_regions")) == 16
    assert len(rows("chile_comunas")) == 346
    # As the official table (CUT 2018) counts them.
    sizes = Counter(comuna["region_code"] for comuna in rows("chile_comunas"))
    assert [sizes[f"{region:02d}"] for region in range(1, 17)] == [
        *(7, 9, 9, 15, 38, 33, 30, 33, 32, 30, 10, 11, 52, 12, 4, 21),
    ]


def test_a_comuna_s_code_begins_with_its_region_s() -> None:
    for comuna in rows("chile_comunas"):
        assert comuna["comuna_code"][:2] == comuna["region_code"]
        assert re.fullmatch(r"\d{5}", comuna["comuna_code"])


def test_every_name_and_code_is_found_and_none_is_two_places() -> None:
    names = {(n["kind"], n["alias"]): n["code"] for n in rows("chile_place_names")}

    assert len(names) == len(rows("chile_place_names"))
    for comuna in rows("chile_comunas"):
        code = comuna["comuna_code"]
        assert names["comuna", alias(comuna["name"])] == code
        assert names["comuna", code] == names["comuna", code.lstrip("0")] == code
    for region in rows("chile_regions"):
        assert names["region", alias(region["name"])] == region["region_code"]


def test_known_codes_are_right() -> None:
    names = {c["comuna_code"]: c["name"] for c in rows("chile_comunas")}

    assert names["13101"] == "Santiago"
    assert names["13120"] == "Ñuñoa"
    assert names["05109"] == "Viña del Mar"
    assert names["16101"] == "Chillán"
    assert names["11302"] == "O'Higgins"
