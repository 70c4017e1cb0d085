"""The GraphQL schema: Shopify's own names for the subset the sandbox answers."""

from functools import lru_cache
from pathlib import Path

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

__all__ = ["schema_of"]

# Children lines came grouped under their parents by default until this version.
_FIRST_UNGROUPED_VERSION = "2026-01"


@lru_cache(maxsize=8)
def schema_of(version: str) -> GraphQLSchema:
    """The schema that a version serves, such as "2026-10"."""
    schema = build_schema(Path(__file__).with_name("schema.graphql").read_text())
    if version < _FIRST_UNGROUPED_VERSION:
        mutation = schema.type_map["Mutation"]
        query = schema.type_map["QueryRoot"]
        if not isinstance(mutation, GraphQLObjectType) or not isinstance(
            query, GraphQLObjectType
        ):
            raise TypeError("the roots of schema.graphql are not object types")
        run = mutation.fields["bulkOperationRunQuery"]
        run.args["groupObjects"].default_value = True
        del query.fields["bulkOperation"]
        del query.fields["bulkOperations"]
    return schema
