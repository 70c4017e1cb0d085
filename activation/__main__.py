"""Speaks with one place, a line at a time.

    python -m activation --config config.json

The configuration holds ``place`` (``klaviyo``, ``meta``, ``shopify``) and its settings
and secrets. Each line of the input is a JSON object with ``ask``, each line of the
output its answer:

    {"ask": "check"}                        {"account": "...", "missing": [...]}
    {"ask": "open", "name": "..."}          {"list_id": "..."}
    {"ask": "add", "list_id": "...", "rows": [{...}], "batch": {...}}
                                            {"refused": [{"row": 3, ...}, ...]}
    {"ask": "remove", "list_id": "...", "rows": [{...}]}
                                            the same
    {"ask": "coupon", "coupon": {...}}      {"discount_id": "..."} or {"is_taken": true}

What fails is answered with ``error``, whose ``kind`` is the class of the error, and
ends the program. Whoever asks keeps what was answered before it asks for more, so that
a killed push goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from activation.coupons import Coupon, Coupons
from activation.klaviyo import Klaviyo
from activation.meta import Meta
from activation.places import Batch, Place
from activation.shopify import Shopify
from taps.api_source.errors import SourceError, redact

__all__ = ["main"]

_PLACES: Mapping[str, Callable[[Mapping[str, Any]], Place | Coupons]] = {
    "coupons": Coupons,
    "klaviyo": Klaviyo,
    "meta": Meta,
    "shopify": Shopify,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer until the input ends; 1 when something failed."""
    parser = argparse.ArgumentParser(prog="python -m activation")
    parser.add_argument("--config", type=Path, required=True)
    config = json.loads(parser.parse_args(arguments).config.read_text())
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # Third parties log URLs, which may hold tokens.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    try:
        place = _PLACES[config["place"]](config)
        for line in sys.stdin:
            asked = json.loads(line)
            if isinstance(place, Coupons):
                _say(_sold(place, asked))
            else:
                _say(_answer(place, asked))
    except SourceError as error:
        _say({"error": {"kind": type(error).__name__, "message": redact(str(error))}})
        return 1
    return 0


def _sold(coupons: Coupons, asked: Mapping[str, Any]) -> dict[str, Any]:
    if asked["ask"] == "check":
        return asdict(coupons.check())
    discount_id = coupons.make(Coupon(**asked["coupon"]))
    return {"discount_id": discount_id, "is_taken": discount_id is None}


def _answer(place: Place, asked: Mapping[str, Any]) -> dict[str, Any]:
    match asked["ask"]:
        case "check":
            return asdict(place.check())
        case "open":
            return {"list_id": place.open(asked["name"])}
        case "add":
            batch = Batch(**asked["batch"])
            refused = place.add(asked["list_id"], asked["rows"], batch)
            return {"refused": [asdict(each) for each in refused]}
        case "remove":
            refused = place.remove(asked["list_id"], asked["rows"])
            return {"refused": [asdict(each) for each in refused]}
        case other:
            raise SourceError(f"nobody knows how to {other!r}")


def _say(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
