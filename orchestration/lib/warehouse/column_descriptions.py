"""What dbt's models say of their columns, told where a column is born.

A column that a model only passes on is described by the model it comes from, or by the
doc block of its name when every model means the same by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["described_above", "inherit_descriptions"]

_PROJECT = "timonel"


def inherit_descriptions(manifest: Mapping[str, Any]) -> None:
    """Describe, in place, the columns of a manifest whose model says nothing of them.

    Parameters
    ----------
    manifest
        ``manifest.json`` of the project, as dbt wrote it. A column stays undescribed
        where nothing above describes one of its name.
    """
    nodes = manifest["nodes"]
    silent = [
        (key, column)
        for key, node in nodes.items()
        if node["resource_type"] == "model"
        for column in node["columns"].values()
        if not column["description"]
    ]
    # All are found before one is written: who passes a column on describes nothing.
    found = [described_above(manifest, key, column["name"]) for key, column in silent]
    for (_, column), description in zip(silent, found, strict=True):
        column["description"] = description


def described_above(manifest: Mapping[str, Any], model: str, column: str) -> str:
    """What the nearest model above says of a column of that name, else its doc block.

    Parameters
    ----------
    manifest
        As dbt wrote it.
    model
        Its unique id.
    column
        Name of a column of the model, listed in its file or not.

    Returns
    -------
    str
        Empty where models equally near say different things, or none says anything.
    """
    nodes = manifest["nodes"]
    for above in _nearest_first(nodes, model):
        columns = (nodes[each]["columns"].get(column) for each in above)
        # Where lines end does not matter.
        said = (" ".join(each["description"].split()) for each in columns if each)
        told = {each for each in said if each}
        if told:
            return told.pop() if len(told) == 1 else ""
    block = manifest["docs"].get(f"doc.{_PROJECT}.{column}")
    return str(block["block_contents"]) if block else ""


def _nearest_first(nodes: Mapping[str, Any], model: str) -> Iterator[list[str]]:
    level, known = [model], {model}
    while level:
        above = dict.fromkeys(
            each for one in level for each in nodes[one]["depends_on"]["nodes"]
        )
        # Sources and seeds describe tables, not what we call their columns.
        level = [
            each for each in above if each not in known and each.startswith("model.")
        ]
        known.update(level)
        yield level
