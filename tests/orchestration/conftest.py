"""A company, a source of its own making, and what has landed of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestration.lib.connections import sources
from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.connections.sources import RawTable, Source
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.ingestion import DateRange, Reading, SourceReader
from orchestration.lib.tenancy.companies import Company, add_company

FAKE = Source(
    slug="shopify",
    title="Fake",
    tap_module="tests.orchestration.fake_tap",
    secret_settings=("access_token", "client_secret", "refresh_token"),
    slice_columns=("account_id", "date"),
    tables=(
        RawTable("orders", "Orders."),
        RawTable("campaign_days", "Spend."),
        RawTable("slices", "Slices."),
    ),
    events="orders",
    oauth=sources.SOURCES["shopify"].oauth,
)
ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
ORDERS = [
    {"id": "1", "updated_at": "2026-01-01T10:00:00Z", "total_price": 10.5},
    {"id": "2", "updated_at": "2026-01-02T10:00:00Z", "total_price": 20},
]
DAYS = [
    {"account_id": "a", "date": "2026-01-01", "campaign_id": "x", "spend": 1.25},
    {"account_id": "a", "date": "2026-01-01", "campaign_id": "y", "spend": 2.5},
    {"account_id": "a", "date": "2026-01-02", "campaign_id": "x", "spend": 3},
]


@dataclass
class Shop:
    """One connected source: change what it holds, read it, look at the tables."""

    url: str
    settings: Settings
    file: Path
    company: Company = ACME
    log: list[str] = field(default_factory=list)
    runs: int = 0

    def holds(self, **content: Any) -> None:
        self.file.write_text(json.dumps({"orders": ORDERS, "days": DAYS} | content))

    def connect(
        self, name: str = "shop", secrets: dict[str, Any] | None = None, **settings: Any
    ) -> Connection:
        connection = Connection(
            self.company.company_id,
            name,
            "shopify",
            {"source_file": str(self.file), **settings},
        )
        add_connection(self.url, connection)
        save_secrets(
            self.url, self.settings, connection.company_id, name, secrets or {}
        )
        return connection

    def read(self, days: DateRange | None = None) -> Reading:
        self.runs += 1
        reader = SourceReader(
            self.url, self.settings, FAKE, f"run-{self.runs}", self.log.append
        )
        return reader.read(self.company, days)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(tmp_path / "home", database_url)


@pytest.fixture
def shop(
    tmp_path: Path,
    database_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    monkeypatch.setitem(sources.SOURCES, "shopify", FAKE)
    add_company(database_url, ACME)
    shop = Shop(database_url, settings, tmp_path / "source.json")
    shop.holds()
    return shop
