"""Which queries a bulk operation accepts, and what it says to the others.

The messages are Shopify's own.
"""

from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

from sandbox.shopify.fields.shops import UserError
from sandbox.shopify.projection import is_connection

__all__ = ["operation_of", "refusals"]

_MOST_CONNECTIONS = 5
_DEEPEST = 2


def refusals(schema: GraphQLSchema, text: str) -> list[UserError]:
    """What is wrong with a query; nothing when it may run."""
    try:
        document = parse(text)
    except GraphQLSyntaxError:
        message = "Invalid bulk query: syntax error, unexpected end of file"
        return [_invalid(message)]
    operation = operation_of(document)
    if operation.operation is not OperationType.QUERY:
        return [
            _invalid("Invalid operation type. Only `query` operations are supported.")
        ]
    errors = validate(schema, document)
    if errors:
        return [_invalid(f"Invalid bulk query: {error.message}") for error in errors]
    census = _Census(TypeInfo(schema))
    visit(document, TypeInfoVisitor(census.types, census))
    return [_invalid(message) for message in _complaints(census, operation)]


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    """The one operation of a bulk query."""
    return next(
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    )


def _complaints(census: "_Census", operation: OperationDefinitionNode) -> list[str]:
    complaints = []
    if census.by_nodes:
        complaints.append(
            "All connection fields in a bulk query must select their contents using "
            f"'edges' > 'node', e.g: '{census.by_nodes[0]} {{ edges {{ node {{'. "
            "Selecting via 'nodes' is not supported. Invalid connection fields: "
            + ", ".join(f"'{name}'" for name in census.by_nodes)
            + "."
        )
    roots = [
        node.name.value
        for node in operation.selection_set.selections
        if isinstance(node, FieldNode)
    ]
    if {"node", "nodes"} & set(roots):
        complaints.append("Bulk queries cannot contain a top level `node` field.")
    if census.depth > _DEEPEST:
        complaints.append(
            "Bulk queries cannot contain connections with a nesting depth greater "
            "than 2."
        )
    if census.count > _MOST_CONNECTIONS:
        complaints.append("Bulk queries cannot contain more than 5 connections.")
    if census.without_id:
        complaints.append(
            "The parent 'node' field for a nested connection must select the 'id' "
            "field without an alias and must be of 'ID' return type. Connection fields "
            f"without 'id': {', '.join(census.without_id)}."
        )
    if census.is_in_list:
        complaints.append(
            "Queries that contain a connection field within a list field are not "
            "currently supported."
        )
    if census.count == 0:
        complaints.append("Bulk queries must contain at least one connection.")
    return complaints


@dataclass
class _Open:
    """A field on the way down to where the visitor is."""

    name: str
    is_connection: bool
    is_list: bool
    selects_id: bool


@dataclass
class _Census(Visitor):
    """Counts the connections of a query and how they are nested."""

    types: TypeInfo
    count: int = 0
    depth: int = 0
    is_in_list: bool = False
    by_nodes: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count the field if it is a connection."""
        kind = self.types.get_type()
        named = get_named_type(kind) if kind is not None else None
        connection = named is not None and is_connection(named)
        if connection:
            self._count(node)
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        name = node.name.value
        self._open.append(
            _Open(
                name,
                connection,
                isinstance(inner, GraphQLList) and name not in {"edges", "nodes"},
                _selects_id(node),
            )
        )

    def leave_field(self, *_: object) -> None:
        """Go back up."""
        self._open.pop()

    def _count(self, node: FieldNode) -> None:
        self.count += 1
        above = [place for place in self._open if place.is_connection]
        # The outermost connection is not nested: its depth is 0.
        self.depth = max(self.depth, len(above))
        self.is_in_list |= any(place.is_list for place in self._open)
        if node.selection_set and any(
            isinstance(below, FieldNode) and below.name.value == "nodes"
            for below in node.selection_set.selections
        ):
            self.by_nodes.append(node.name.value)
        parents = [place for place in self._open if place.name == "node"]
        if above and not (parents and parents[-1].selects_id):
            name = above[-1].name
            if name not in self.without_id:
                self.without_id.append(name)


def _selects_id(node: FieldNode) -> bool:
    return node.selection_set is not None and any(
        isinstance(below, FieldNode) and below.name.value == "id" and not below.alias
        for below in node.selection_set.selections
    )


def _invalid(message: str) -> UserError:
    return UserError(message, "INVALID", ["query"])
