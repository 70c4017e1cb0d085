"""What business users read: in their own currency, and each number with its unit."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from metabase.content.company import Company
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.metrics import metric_labels
from metabase.content.yaml_files import parsed

PESOS = Company("andes", "Andes", "CLP")
SEEDS = CONTENT_ROOT.parent / "dbt_project" / "seeds"

_EURO = re.compile(r"\beuros?\b|€|\bEUR\b", re.IGNORECASE)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_company_in_pesos_reads_of_no_euro(language: str) -> None:
    read = dict(_texts(language))

    assert len(read) > 500
    assert {key: text for key, text in read.items() if _EURO.search(text)} == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_card_says_its_unit(language: str) -> None:
    unit = {"es": "Unidad: ", "en": "Unit: "}[language]
    cards = load_content(CONTENT_ROOT, PESOS, language).cards.values()

    assert [card.path.stem for card in cards if unit not in card.description] == []


def _texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text that may stand on a page, in a mail or in a card's answer."""
    for folder in ("labels", "labels/importer", "labels/alerts", "labels/audiences"):
        for key, text in read_labels(CONTENT_ROOT / folder, language).items():
            yield f"{folder}: {key}", text
    content = load_content(CONTENT_ROOT, PESOS, language)
    for card in content.cards.values():
        yield card.path.stem, " ".join((card.name, card.description, card.sql))
        for column in card.columns.values():
            shown = (column.title, column.currency or "", column.suffix)
            yield f"{card.path.stem}: {column.name}", " ".join(shown)
    for path in SEEDS.rglob("*.csv"):
        yield from _words_of_a_seed(path, language)
    yield from metric_labels(language).items()


def _words_of_a_seed(path: Path, language: str) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column, text in row.items():
                if column.endswith(f"_{language}"):
                    yield f"{path.stem}: {column}: {text}", text


def test_every_role_has_a_name_for_people_in_each_language() -> None:
    roles = set(parsed(CONTENT_ROOT / "roles.yml")["roles"])

    for language in ("es", "en"):
        labels = read_labels(CONTENT_ROOT / "labels", language)
        named = {key for key in labels if key.startswith("role_names.")}
        assert named == {f"role_names.{role}" for role in roles}
