"""Parameters of a call: from the query, a form or a JSON body; lists either way."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.meta_ads.errors import invalid_parameter

__all__ = ["Parameters", "field_names", "list_of", "read_parameters", "structure_of"]

Parameters = Mapping[str, Any]


async def read_parameters(request: Request) -> dict[str, Any]:
    """All parameters; those of the body win."""
    found: dict[str, Any] = dict(request.query_params)
    content = await request.body()
    if not content:
        return found
    if "json" in request.headers.get("content-type", ""):
        try:
            found.update(json.loads(content))
            return found
        except ValueError:
            raise invalid_parameter("The request body is not valid JSON.") from None
    return found | dict(parse_qsl(content.decode()))


def structure_of(parameters: Parameters, name: str) -> Any:
    """A parameter that is JSON; None when it was not given."""
    value = parameters.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise invalid_parameter(f"param {name} must be valid JSON.") from None


def list_of(parameters: Parameters, name: str) -> list[str]:
    """A list given as JSON or as text with commas."""
    value = parameters.get(name) or []
    if isinstance(value, str):
        if value.startswith("["):
            value = structure_of(parameters, name)
        else:
            value = [part.strip() for part in value.split(",")]
    return [str(part) for part in value if str(part)]


def field_names(parameters: Parameters) -> list[str]:
    """The `fields` asked for, without what was asked for inside of them."""
    value = parameters.get("fields") or ""
    text = value if isinstance(value, str) else ",".join(value)
    if text.startswith("["):
        return list_of(parameters, "fields")
    names, depth, name = [], 0, ""
    for letter in text + ",":
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            names.append(name.partition("{")[0].strip())
            name = ""
        else:
            name += letter
    return [name for name in names if name]
