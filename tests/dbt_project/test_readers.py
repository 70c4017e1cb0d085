"""No leaf without a reader: a model that nothing reads is deleted or says why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.suite.lineage import Lineage

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "dbt_project"
LAYERS = ("staging", "intermediate", "personal", "marts")

#: Read by nothing yet, and why each is here all the same.
KEPT = {
    "campaign_conversion_days": "a page will show what people did after a campaign",
    "campaigns": "a page will show a campaign's state and budget",
    "payments": "orders are held against it, from each source, in tests",
    "stg_meta_ads__campaign_platform_days": "a page will show platforms",
    "stg_shopify__discount_codes": "revenue will be told by discount code",
    "stg_shopify__refund_line_items": "what went back, which pages will show",
}

_REF = re.compile(r"""\bref\(\s*['"](\w+)['"]""")
_NAMED = re.compile(rf"""\b(?:{"|".join(LAYERS)})(?:\.|['"], ?['"])(\w+)""")


def unread(models: Mapping[str, str], others: Iterable[str] = ()) -> set[str]:
    """Models that neither another model's SQL nor another text reads."""
    read = {name for text in others for name in _read_in(text)}
    for model, text in models.items():
        read |= set(_read_in(text)) - {model}
    return models.keys() - read


def _read_in(text: str) -> Iterator[str]:
    yield from _REF.findall(text)
    yield from _NAMED.findall(text)


def _texts(*folders: Path, suffix: str) -> Iterator[str]:
    for folder in folders:
        yield from (file.read_text() for file in folder.rglob(f"*{suffix}"))


def test_every_model_below_reporting_is_read_or_says_why_not() -> None:
    lineage = Lineage.read(PROJECT)
    layers = [PROJECT / "models" / layer for layer in LAYERS]
    asked = {file.stem for layer in layers for file in layer.rglob("*.sql")}
    programs = [ROOT / name for name in ("orchestration", "ml_assets")]
    others = (
        *lineage.macros.values(),
        *_texts(PROJECT / "tests", suffix=".sql"),
        *_texts(ROOT / "metabase" / "pages", suffix=".yml"),
        *_texts(*programs, suffix=".py"),
    )

    assert asked & unread(lineage.models, others) == KEPT.keys()


def test_a_model_that_nothing_reads_is_found() -> None:
    models = {
        "orders": "select * from {{ ref('stg_orders') }}",
        "stg_orders": "select * from {{ source('shop', 'orders') }}",
        "days": "select * from {{ ref('orders') }}, {{ ref('days') }}",
        "spend": "select 1",
        "people": "select 1",
    }

    found = unread(models, ["from marts.spend", 'deps=[["marts", "people"]]'])

    assert found == {"days"}
