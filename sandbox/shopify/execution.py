"""One GraphQL request, from its text to its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    is_non_null_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from sandbox.shopify.bulk import BulkOperations
from sandbox.shopify.context import Context
from sandbox.shopify.cost import (
    MOST_COST,
    MUTATION_COST,
    Bucket,
    actual_cost,
    requested_cost,
)
from sandbox.shopify.problems import (
    bad_page,
    bad_variables,
    invalid,
    no_such_field,
    syntax_error,
    throttled,
    too_dear,
)
from sandbox.shopify.projection import Compiler
from sandbox.shopify.roots import Roots
from sandbox.shopify.schema import schema_of
from sandbox.shopify.slices import BadPage

__all__ = ["GraphQLRequest", "answer"]


@dataclass(frozen=True)
class GraphQLRequest:
    """The body of a request."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None
    base_url: str


@lru_cache(maxsize=256)
def _document(version: str, query: str) -> DocumentNode | tuple[GraphQLError, ...]:
    document = parse(query)
    errors = validate(schema_of(version), document)
    return tuple(errors) if errors else document


def answer(
    context: Context, asked: GraphQLRequest, bucket: Bucket, operations: BulkOperations
) -> dict[str, Any]:
    """The JSON that Shopify would answer, always with HTTP status 200."""
    try:
        document = _document(context.version, asked.query)
    except GraphQLSyntaxError as error:
        return syntax_error(error)
    if not isinstance(document, DocumentNode):
        return invalid(document)
    if problem := _vanished(context, asked.query):
        return problem
    return _executed(context, asked, document, (bucket, operations))


def _executed(
    context: Context,
    asked: GraphQLRequest,
    document: DocumentNode,
    shared: tuple[Bucket, BulkOperations],
) -> dict[str, Any]:
    operation = _chosen(document, asked.operation_name)
    if operation is None:
        return bad_variables(["No operation with that name was found"])
    schema = schema_of(context.version)
    variables = get_variable_values(
        schema, operation.variable_definitions, dict(asked.variables)
    )
    if isinstance(variables, list):
        return bad_variables([error.message for error in variables])
    if _is_introspection(operation):
        return {"data": execute_sync(schema, document).data}
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    compiler = Compiler(schema, fragments, variables, context)
    bucket, operations = shared
    return _paid(_Work(context, asked, compiler, operation, schema, operations), bucket)


@dataclass(frozen=True)
class _Work:
    context: Context
    asked: GraphQLRequest
    compiler: Compiler
    operation: OperationDefinitionNode
    schema: GraphQLSchema
    operations: BulkOperations

    @property
    def is_mutation(self) -> bool:
        return self.operation.operation is OperationType.MUTATION

    @property
    def kind(self) -> GraphQLObjectType:
        kind = self.schema.mutation_type if self.is_mutation else self.schema.query_type
        if kind is None:
            raise TypeError("the schema lacks a root")
        return kind


def _paid(work: _Work, bucket: Bucket) -> dict[str, Any]:
    """The answer, if the bucket holds what the query costs at most."""
    selections = [work.operation.selection_set]
    requested = (
        MUTATION_COST * len(work.compiler.selected(work.kind, selections))
        if work.is_mutation
        else requested_cost(work.compiler, work.kind, selections)
    )
    if requested > MOST_COST:
        return too_dear(requested)
    if work.context.fault("shopify_throttle"):
        bucket.drain()
        return throttled(requested, bucket.status())
    if not bucket.take(requested):
        return throttled(requested, bucket.status())
    try:
        data = _data(work)
    except BadPage as error:
        bucket.give_back(requested)
        return bad_page(str(error))
    actual = requested
    if data is not None and not work.is_mutation:
        found = actual_cost(work.compiler, work.kind, selections, data)
        actual = min(requested, found)
    bucket.give_back(requested - actual)
    extensions: dict[str, Any] = {
        "cost": {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": bucket.status().told(),
        }
    }
    if work.context.warnings:
        extensions["search"] = work.context.warnings
    body: dict[str, Any] = {"data": data, "extensions": extensions}
    return {"errors": work.context.errors, **body} if work.context.errors else body


def _data(work: _Work) -> dict[str, Any] | None:
    """The fields of the root; None when one of them may not be null and is."""
    roots = Roots(work.context, work.compiler, work.operations, work.asked.base_url)
    selected = work.compiler.selected(work.kind, [work.operation.selection_set])
    data: dict[str, Any] = {}
    for key, nodes in selected.items():
        data[key] = roots.answer(work.kind, key, nodes)
        name = nodes[0].name.value
        if data[key] is None and is_non_null_type(work.kind.fields[name].type):
            return None
    return data


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        and (name is None or (definition.name and definition.name.value == name))
    ]
    return operations[0] if operations else None


def _is_introspection(operation: OperationDefinitionNode) -> bool:
    return all(
        isinstance(node, FieldNode) and node.name.value in {"__schema", "__type"}
        for node in operation.selection_set.selections
    )


def _vanished(context: Context, query: str) -> dict[str, Any] | None:
    """A field that a fault took out of the schema, if the query asks for it."""
    fault = context.fault("schema_change")
    if fault is None or not fault.options.get("field"):
        return None
    kind, _, name = str(fault.options["field"]).rpartition(".")
    return no_such_field(kind or "Order", name) if name in query else None
