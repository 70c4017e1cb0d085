"""What a real server answers, field by field, beside what the double knows itself.

``recorded.json`` says of each answer its fields and the kinds of their values, as an
open source Metabase 0.58 gave them on 2026-11-25 to what Timonel had applied:
``null|number`` was null once and a number once: what never was null is not null here.
Lists were cut to two, and groups without magic stood further down. What is below an
``object`` or a ``list`` is free.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["RECORDED", "Shape", "as_recorded", "differences", "status_of"]

Shape = str | list[Any] | dict[str, Any]

RECORDED: Mapping[str, Shape] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)
_EMPTY: Mapping[str, Any] = {"bool": False, "number": 0, "text": ""}
_ACCEPTED, _OK = 202, 200


def status_of(method: str, path: str) -> int:
    """Of a success: what asks the warehouse is accepted, the rest is answered."""
    asks = path.endswith("/query") or path == "/api/dataset"
    return _ACCEPTED if method == "POST" and asks else _OK


def as_recorded(method: str, path: str, answer: Any) -> Any:
    """The answer with every field of a real server, empty where nobody set it."""
    shape = _shape_of(method, path)
    return answer if shape is None else _completed(shape, answer)


def differences(shape: Shape, answer: Any, where: str = "") -> Iterator[str]:
    """Fields of an answer that a real server does not have, or not of this kind."""
    kind = _kind(answer)
    if isinstance(shape, str):
        kinds = set(shape.split("|"))
        if kinds != {"null"} and kind not in kinds:
            yield f"{where}: {kind} instead of {shape}"
    elif isinstance(shape, list):
        if kind != "list":
            yield f"{where}: {kind} instead of a list"
            return
        for one in answer:
            yield from differences(shape[0], one, f"{where}[]")
    elif kind == "object":
        yield from (f"{where}.{key}: unknown" for key in answer if key not in shape)
        for key in answer.keys() & shape.keys():
            yield from differences(shape[key], answer[key], f"{where}.{key}")
    else:
        yield f"{where}: {kind} instead of an object"


@cache
def _shape_of(method: str, path: str) -> Shape | None:
    return RECORDED.get(f"{method} {re.sub(r'/[0-9]+', '/:id', path)}")


def _completed(shape: Shape, answer: Any) -> Any:
    if isinstance(shape, list) and isinstance(answer, list):
        return [_completed(shape[0], one) for one in answer]
    if isinstance(shape, dict) and isinstance(answer, dict):
        told = {key: _completed(shape.get(key, ""), one) for key, one in answer.items()}
        return {key: _empty(one) for key, one in shape.items()} | told
    return answer


def _empty(shape: Shape) -> Any:
    if isinstance(shape, dict):
        return {key: _empty(one) for key, one in shape.items()}
    if isinstance(shape, list) or shape == "list":
        return []
    if shape == "object":
        return {}
    return None if "null" in shape else _EMPTY[shape.split("|")[0]]


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"
