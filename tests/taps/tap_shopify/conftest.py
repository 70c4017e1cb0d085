"""Runs the tap in this process against a shop of documents."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taps.tap_shopify.tap import TapShopify
from tests.taps.tap_shopify.shop import Shop, serving

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@dataclass
class Run:
    """What a run wrote."""

    status: int
    messages: list[dict[str, Any]]
    errors: str
    output: bytes
    waits: list[float]

    def rows(self, stream: str) -> list[dict[str, Any]]:
        return [
            m["record"]
            for m in self.messages
            if m["type"] == "RECORD" and m["stream"] == stream
        ]

    def by_id(self, stream: str) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows(stream)}

    @property
    def state(self) -> dict[str, Any]:
        """The last state; empty if none was written."""
        states = [m["value"] for m in self.messages if m["type"] == "STATE"]
        return states[-1] if states else {}

    def bookmark(self, stream: str) -> Any:
        bookmarks = self.state.get("bookmarks", {})
        return bookmarks.get(stream, {}).get("replication_key_value")


RunTap = Callable[..., Run]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with serving() as shop:
        shop.now = NOW
        monkeypatch.setattr(
            "taps.api_source.http._our_now",
            lambda: shop.our_now or shop.now or datetime.now(UTC),
        )
        yield shop


@pytest.fixture
def run_tap(
    shop: Shop,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> RunTap:
    """Run the command with settings and state; waits are noted instead of waited."""
    waits: list[float] = []
    monkeypatch.setattr(TapShopify, "sleep", staticmethod(waits.append))

    def run(
        *arguments: str,
        state: object = None,
        select: Sequence[str] = (),
        **settings: Any,
    ) -> Run:
        defaults: dict[str, Any] = {
            "shop": "tienda-norte",
            "api_url": shop.url,
            "access_token": "shpat_good",
            "deleted_orders_days": 0,
        }
        config = tmp_path / "config.json"
        config.write_text(json.dumps({**defaults, **settings}))
        given = ["--config", str(config), *arguments]
        if state is not None:
            (tmp_path / "state.json").write_text(json.dumps(state))
            given += ["--state", str(tmp_path / "state.json")]
        if select:
            (tmp_path / "catalog.json").write_text(json.dumps(_catalog(select)))
            given += ["--catalog", str(tmp_path / "catalog.json")]
        waits.clear()
        capfdbinary.readouterr()
        try:
            TapShopify.cli.main(given, standalone_mode=False)
            status = 0
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        finally:
            logging.getLogger().handlers.clear()
        out, err = capfdbinary.readouterr()
        if "--check" in arguments or "--about" in arguments:
            lines = [json.loads(out)] if out else []
        else:
            lines = [json.loads(line) for line in out.splitlines()]
        return Run(status, lines, err.decode(), out, list(waits))

    return run


def _catalog(select: Sequence[str]) -> dict[str, Any]:
    tap = TapShopify(config={"shop": "x"})
    catalog = tap.catalog_dict
    for stream in catalog["streams"]:
        stream["selected"] = stream["stream"] in select
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["stream"] in select
    return catalog
