"""Every word a business user reads, kept once per language, and put in by key.

A content file writes ``${cards.active_customers.title}``; the words live in
``labels/<language>.yml``. Facts of a company (its name, its currency) come in the
same way, as ``${company.…}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from metabase.content.errors import ContentError
from metabase.content.metrics import metric_labels, metric_targets
from metabase.content.source_titles import source_words
from metabase.content.yaml_files import parsed

__all__ = ["fill_in", "keys_used", "read_labels", "read_words"]

_KEY = re.compile(r"\$\{([a-z0-9_.]+)\}")


def read_labels(folder: Path, language: str) -> dict[str, str]:
    """Read one language as dotted keys, for example ``cards.top_customers.title``.

    Raises
    ------
    ContentError
        The language has no file, or it is not YAML, or a value in it is not text.
    """
    path = folder / f"{language}.yml"
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yml")))
        raise ContentError(f"no labels for {language!r}: {path} (there is: {known})")
    try:
        tree = parsed(path)
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(tree, dict):
        raise ContentError(f"{path}: expected labels grouped by key")
    return dict(_leaves(tree, "", path))


def read_words(root: Path, language: str) -> dict[str, str]:
    """The labels of ``root``, titles of metrics and sources, and targets, by key.

    Raises
    ------
    ContentError
        As `read_labels`, or a column has a label in both.
    """
    labels, metrics = read_labels(root / "labels", language), metric_labels(language)
    if both := sorted(set(labels) & set(metrics)):
        raise ContentError(
            f"{root / 'labels' / language}.yml: {both[0]} is a metric, whose label "
            "stands in dbt_project/metrics; leave one"
        )
    return {**metrics, **metric_targets(), **source_words(language), **labels}


def _leaves(tree: Mapping[Any, Any], prefix: str, path: Path) -> list[tuple[str, str]]:
    leaves: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            leaves += _leaves(value, f"{name}.", path)
        elif isinstance(value, str) and value.strip():
            leaves.append((name, value))
        else:
            raise ContentError(f"{path}: {name} must be text and not empty")
    return leaves


def fill_in(value: Any, words: Mapping[str, Any], where: str) -> Any:
    """Return the parsed YAML with every ``${key}`` replaced by its value.

    A text that is nothing but one key takes the value's own type, so a count of
    decimals stays a number.

    Raises
    ------
    ContentError
        A key has no value; the message names ``where``.
    """
    if isinstance(value, dict):
        return {key: fill_in(item, words, where) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_in(item, words, where) for item in value]
    if not isinstance(value, str):
        return value
    missing = [key for key in _KEY.findall(value) if key not in words]
    if missing:
        raise ContentError(f"{where}: no label for ${{{missing[0]}}}")
    whole = _KEY.fullmatch(value)
    if whole:
        return words[whole[1]]
    return _KEY.sub(lambda match: str(words[match[1]]), value)


def keys_used(value: Any) -> set[str]:
    """Every key that the parsed YAML asks for."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*(keys_used(item) for item in value))
    return set(_KEY.findall(value)) if isinstance(value, str) else set()
