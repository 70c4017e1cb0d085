"""A tap whose source is a JSON file: ``python -m tests.orchestration.fake_tap``.

The file holds ``orders`` (id, updated_at, total_price, email) and ``days`` (account_id,
date, campaign_id, spend). It behaves as the API taps do: orders from the bookmark on,
days as slices, exactly ``start_date`` to ``end_date`` when told to.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_DAY = {"type": "string", "format": "date"}
_NUMBER = {"type": ["number", "null"]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    assert arguments.config.stat().st_mode & 0o077 == 0
    _stop_if_told(config)
    if arguments.check:
        print(
            json.dumps(config.get("check_answer") or {"account": "A", "warnings": []})
        )
        return
    state = json.loads(arguments.state.read_text()) if arguments.state else {}
    source = json.loads(Path(config["source_file"]).read_text())
    print("orders: reading", file=sys.stderr, flush=True)
    if config.get("waits"):
        time.sleep(config["waits"])
        print("orders: waited", file=sys.stderr, flush=True)
    _orders(source["orders"], config, state)
    _days(source["days"], config, source.get("missing", 0))
    _say({"type": "STATE", "value": {"bookmarks": {"orders": _last(source, state)}}})


def _stop_if_told(config: dict[str, Any]) -> None:
    for name in ("access_token", "refresh_token", "client_secret"):
        if config.get("is_chatty"):
            print(f"ERROR: refused {config.get(name)}", file=sys.stderr)
    if config.get("is_chatty"):
        sys.exit(1)
    if config.get("refuses"):
        print(f"ERROR: {config['refuses']}", file=sys.stderr)
        sys.exit(1)
    if "valid_token" in config and config.get("access_token") != config["valid_token"]:
        print("ERROR: the token ran out.", file=sys.stderr)
        sys.exit(77)


def _orders(orders: list[dict[str, Any]], config: dict[str, Any], state: Any) -> None:
    _schema(
        "orders",
        {
            "id": _TEXT,
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
            "total_price": _NUMBER,
            "email": {"type": ["string", "null"]},
        },
        ["id"],
        "updated_at",
    )
    since = state.get("bookmarks", {}).get("orders", "")
    for order in orders:
        if config.get("end_date"):
            is_due = config["start_date"] <= order["updated_at"][:10]
            is_due = is_due and order["updated_at"][:10] <= config["end_date"]
        else:
            is_due = order["updated_at"] >= since
        if is_due:
            created = order.get("created_at", order["updated_at"])
            _record("orders", {"created_at": created} | order)


def _days(days: list[dict[str, Any]], config: dict[str, Any], missing: int) -> None:
    slice_ = {"account_id": _TEXT, "date": _DAY}
    key = ["account_id", "date"]
    _schema(
        "campaign_days",
        {**slice_, "campaign_id": _TEXT, "spend": _NUMBER, "read_at": _MOMENT},
        [*key, "campaign_id"],
        "read_at",
    )
    if config.get("is_cut_off"):
        sys.exit(1)
    _schema(
        "slices",
        {
            "stream_name": _TEXT,
            **slice_,
            "row_count": {"type": "integer"},
            "total_name": {"type": ["string", "null"]},
            "total": _NUMBER,
            "control_total": _NUMBER,
            "is_final": {"type": "boolean"},
            "read_at": _MOMENT,
        },
        ["stream_name", *key],
        "read_at",
        {"x-replaces-by": key},
    )
    read_at = datetime.now(UTC).isoformat()
    first, last = config.get("start_date", ""), config.get("end_date") or "9999"
    for (account, day), rows in itertools.groupby(
        sorted(days, key=lambda row: (row["account_id"], row["date"])),
        key=lambda row: (row["account_id"], row["date"]),
    ):
        if not first <= day <= last:
            continue
        known = list(rows)
        for row in known[missing:]:
            _record("campaign_days", {**row, "read_at": read_at})
        total = round(sum(row["spend"] for row in known), 2)
        _record(
            "slices",
            {
                "stream_name": "campaign_days",
                "account_id": account,
                "date": day,
                "row_count": len(known),
                "total_name": "spend",
                "total": total,
                "control_total": total,
                "is_final": False,
                "read_at": read_at,
            },
        )


def _last(source: dict[str, Any], state: dict[str, Any]) -> str:
    known = [state.get("bookmarks", {}).get("orders", "")]
    return str(max([*known, *(order["updated_at"] for order in source["orders"])]))


def _schema(
    stream: str,
    properties: dict[str, Any],
    key: list[str],
    replication_key: str,
    keywords: dict[str, Any] | None = None,
) -> None:
    schema = {"type": "object", "properties": properties, "required": key}
    _say(
        {
            "type": "SCHEMA",
            "stream": stream,
            "schema": schema | (keywords or {}),
            "key_properties": key,
            "bookmark_properties": [replication_key],
        }
    )


def _record(stream: str, record: dict[str, Any]) -> None:
    _say({"type": "RECORD", "stream": stream, "record": record})


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
