"""What a view tells its rows apart by (``meta: key``), held against its rows."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode
from psycopg import sql

__all__ = ["declared_keys", "repeated_keys"]

Keys = Mapping[tuple[str, str], list[str]]


def declared_keys(manifest: Manifest) -> Keys:
    """The columns of each view's key beside the company, by schema and name."""
    return {
        (node.schema, node.name): node.config.meta["key"]
        for node in manifest.nodes.values()
        if isinstance(node, ModelNode) and "key" in node.config.meta
    }


def repeated_keys(url: str, keys: Keys) -> list[str]:
    """Views of which two rows have the same key, and may so be counted twice."""
    query = sql.SQL("select exists (select from {} group by {} having count(*) > 1)")
    with psycopg.connect(url) as connection:
        found = []
        for place, columns in keys.items():
            asked = query.format(
                sql.Identifier(*place),
                sql.SQL(", ").join(map(sql.Identifier, ["company_id", *columns])),
            )
            if connection.execute(asked).fetchone() == (True,):
                found.append(".".join(place))
    return found
