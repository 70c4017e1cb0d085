"""Reads declarations; says of a wrong one the file, the key and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from taps.api_source.errors import SourceError
from taps.declared.api_declaration import Auth
from taps.declared.declaration import Declaration, Stream
from taps.yaml_files import parsed_text

__all__ = ["declaration"]

_NEEDED_BY_AUTH: dict[str, tuple[str, ...]] = {
    "none": (),
    "bearer": ("secret",),
    "basic": ("user",),
    "api_key": ("secret",),
    "oauth_refresh": ("token_url",),
    "client_credentials": ("token_url",),
    "google": ("token_url", "scope"),
}
_OAUTH: dict[str, tuple[str, ...]] = {
    "oauth_refresh": ("client_id", "client_secret", "refresh_token"),
    "client_credentials": ("client_id", "client_secret"),
    "google": ("client_id", "client_secret", "refresh_token", "service_account"),
}
_NEEDED_BY_PAGING: dict[str, tuple[str, ...]] = {
    "none": (),
    "cursor": ("param", "next"),
    "offset": ("param", "size"),
    "page": ("param", "size"),
    "link": (),
    "next_url": ("next",),
}


def declaration(path: Path) -> Declaration:
    """The declaration in a file.

    Raises
    ------
    SourceError
        A key or value is wrong; says the file, the key and what is allowed.
    """
    try:
        told = parsed_text(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise _wrong(path, "$", f"it cannot be read ({error})") from None
    # Dates are text in JSON; the values that YAML has read as dates are written back.
    plain = msgspec.json.decode(msgspec.json.encode(told))
    if wrong := best_match(_VALIDATOR.iter_errors(plain)):
        raise _wrong(path, wrong.json_path, _in_words(wrong))
    found = msgspec.convert(plain, Declaration)
    for key, problem in _contradictions(found):
        raise _wrong(path, f"$.{key}", problem)
    return found


_SCHEMA = msgspec.json.schema(Declaration)
_VALIDATOR = Draft202012Validator(_SCHEMA)


def _wrong(path: Path, key: str, problem: str) -> SourceError:
    return SourceError(
        problem,
        call=f"{path.name}, {key.removeprefix('$.')}",
        remedy="Correct the declaration; docs/recipes.md shows one.",
    )


def _in_words(error: ValidationError) -> str:
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = ", ".join(f"'{name}'" for name in error.instance if name not in known)
        return f"there is no {unknown} (there are: {', '.join(sorted(known))})"
    if error.validator == "enum":
        allowed = ", ".join(str(each) for each in error.validator_value)
        return f"'{error.instance}' is not one of: {allowed}"
    if error.validator == "anyOf":
        kinds = " or ".join(
            each.get("type", "a part") for each in error.validator_value
        )
        return f"'{error.instance}' is not of type {kinds}"
    return str(error.message)


def _contradictions(told: Declaration) -> Iterator[tuple[str, str]]:
    """What each part allows by itself, and all of them together do not."""
    auth = told.api.auth if told.api else Auth()
    for name in _NEEDED_BY_AUTH[auth.kind]:
        if not getattr(auth, name):
            yield "api.auth", f"kind '{auth.kind}' needs '{name}'"
    named = {auth.secret, auth.user, auth.password, *_OAUTH.get(auth.kind, ())} - {None}
    for name in sorted(str(each) for each in named - set(told.settings)):
        yield "api.auth", f"there is no setting '{name}' (declare it in settings)"
    for name, stream in told.streams.items():
        for key, problem in _of_stream(told, stream):
            yield f"streams.{name}.{key}", problem


def _of_stream(told: Declaration, stream: Stream) -> Iterator[tuple[str, str]]:
    columns = {"key": stream.key, "total": [stream.total] if stream.total else []}
    for part in (stream.changes, stream.days):
        if part:
            columns["column"] = [part.column]
    known = ", ".join(stream.columns)
    for key, names in columns.items():
        for name in names:
            if name not in stream.columns:
                yield key, f"'{name}' is no column (there are: {known})"
    if stream.days or stream.is_sliced:
        taken = {*stream.for_each.take} if stream.for_each else set()
        filled = taken | ({stream.days.column} if stream.days else set())
        for name in told.slices:
            if name not in stream.columns or (name not in filled and not stream.read):
                yield "columns", f"nothing fills '{name}', a column of the slices"
    yield from _of_question(told, stream)


def _of_question(told: Declaration, stream: Stream) -> Iterator[tuple[str, str]]:
    if stream.changes and stream.days:
        yield "days", "a stream is read by changes or by days, not by both"
    if not (stream.request or stream.read or stream.for_each):
        yield "request", "it says how it is asked for, or names a function in 'read'"
    if stream.request and not told.api:
        yield "request", "there is no 'api' to ask"
    for name in _NEEDED_BY_PAGING[stream.paging.kind]:
        if getattr(stream.paging, name) is None:
            yield "paging", f"kind '{stream.paging.kind}' needs '{name}'"
    each = stream.for_each
    if each and (each.stream is None) == (each.setting is None):
        yield "for_each", "it names either a setting or a stream"
    elif each and each.stream and each.stream not in told.streams:
        streams = ", ".join(told.streams)
        yield "for_each", f"there is no stream '{each.stream}' (there are: {streams})"
    elif each and each.setting and each.setting not in told.settings:
        yield "for_each", f"there is no setting '{each.setting}'"
