"""Selections compiled to functions: a source in, the JSON that was asked for out.

A selection is compiled once per request and applied to every document, so nothing of
GraphQL is left in the loop over them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

from sandbox.shopify.access import denial
from sandbox.shopify.context import Context
from sandbox.shopify.fields import FIELDS, Field, contextual_fields
from sandbox.shopify.fields.defaults import default_field, is_list
from sandbox.shopify.generation import generated
from sandbox.shopify.shapes import (
    Children,
    Deferred,
    Fragments,
    Many,
    Object,
    One,
    Project,
)
from sandbox.shopify.slices import page_size, slice_of

__all__ = ["Compiler", "Selected", "is_connection"]

Selected: TypeAlias = dict[str, list[FieldNode]]


class Compiler:
    """Compiles the selections of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        context: Context,
    ) -> None:
        self.schema = schema
        self.context = context
        self._fragments = fragments
        self._variables = dict(variables)
        self._contextual = contextual_fields(context)
        self._path: list[str | int] = []
        self.children: list[Children] = []

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, defaults filled in."""
        return get_argument_values(field, node, self._variables)

    def selected(
        self, kind: GraphQLObjectType, selections: list[SelectionSetNode]
    ) -> Selected:
        """The fields that selections ask of an object of this type, by answer key."""
        found: Selected = {}
        for selection_set in selections:
            self._collect(kind, selection_set, found)
        return found

    def _collect(
        self, kind: GraphQLObjectType, selection_set: SelectionSetNode, found: Selected
    ) -> None:
        for node in selection_set.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._applies(condition.name.value, kind):
                    self._collect(kind, node.selection_set, found)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, kind):
                    self._collect(kind, fragment.selection_set, found)

    def _is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or include["if"])

    def _applies(self, name: str, kind: GraphQLObjectType) -> bool:
        condition = self.schema.type_map[name]
        if condition is kind:
            return True
        return isinstance(
            condition, GraphQLInterfaceType | GraphQLUnionType
        ) and self.schema.is_sub_type(condition, kind)

    def project(
        self, kind: GraphQLNamedType, selections: list[SelectionSetNode]
    ) -> Project:
        """A function from a source of this type to the JSON that was selected."""
        if isinstance(kind, GraphQLObjectType):
            fields = self.compiled(kind, self.selected(kind, selections))
            return Object(fields, generated)
        return self._abstract(selections)

    def compiled(self, kind: GraphQLObjectType, selected: Selected) -> dict[str, Field]:
        """A function for each selected field of an object type."""
        fields = {}
        for key, nodes in selected.items():
            with self.below(key):
                fields[key] = self.field(kind, nodes)
        return fields

    @contextmanager
    def below(self, *keys: str | int) -> Iterator[None]:
        """Compile something further down: errors name the way to where they strike."""
        self._path += keys
        try:
            yield
        finally:
            del self._path[-len(keys) :]

    def _abstract(self, selections: list[SelectionSetNode]) -> Project:
        """By the source's own `typename`, each member compiled when first met."""
        projects: dict[str, Project] = {}

        def project(source: Any) -> Any:
            name = source.typename
            if name not in projects:
                projects[name] = self.project(self.schema.type_map[name], selections)
            return projects[name](source)

        return project

    def field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Field:
        """A function from a source to the JSON of one of its fields."""
        node = nodes[0]
        name = node.name.value
        if name == "__typename":
            return lambda _: kind.name
        field = kind.fields[name]
        if error := denial(self.context, kind.name, name, node):
            self.context.errors.append({**error, "path": list(self._path)})
            return lambda _: None
        return self.completed(field, nodes, self._resolver(kind.name, name, field))

    def completed(
        self, field: GraphQLField, nodes: list[FieldNode], resolve: Field
    ) -> Field:
        """`resolve`, followed by what the field's own selection asks."""
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return resolve
        selections = [node.selection_set for node in nodes if node.selection_set]
        arguments = self.arguments(field, nodes[0])
        if is_connection(named):
            return self._connection(named, selections, arguments, resolve)
        child = self.project(named, selections)
        if named.name == "MoneyBag":
            child = Fragments(child)
        if is_list(field.type):
            return Many(resolve, child, arguments.get("first"))
        return One(resolve, child)

    def _resolver(self, kind: str, name: str, field: GraphQLField) -> Field:
        contextual = self._contextual.get((kind, name))
        if contextual is not None:
            return contextual
        resolve = FIELDS.get(kind, {}).get(name)
        return resolve if resolve is not None else default_field(kind, name, field)

    def _connection(
        self,
        kind: Any,
        selections: list[SelectionSetNode],
        arguments: dict[str, Any],
        resolve: Field,
    ) -> Field:
        """A connection inside a document: its source is the list of all its nodes."""
        if self.context.is_bulk:
            return Deferred(self.children, self.node(kind, selections), resolve)
        answer = self.connection(kind, selections)
        page_size(arguments)

        def project(source: Any) -> Any:
            return answer(slice_of(resolve(source), arguments))

        return project

    def node(
        self, kind: GraphQLObjectType, selections: list[SelectionSetNode]
    ) -> Project:
        """The JSON of each node of a connection, however it is selected."""
        found: list[tuple[GraphQLNamedType, list[SelectionSetNode]]] = []
        for nodes in self.selected(kind, selections).values():
            name = nodes[0].name.value
            if name not in {"edges", "node", "nodes"}:
                continue
            below = [node.selection_set for node in nodes if node.selection_set]
            found.append((get_named_type(kind.fields[name].type), below))
        if not found:
            return lambda _: {}
        below_kind, below = found[0]
        if isinstance(below_kind, GraphQLObjectType) and "cursor" in below_kind.fields:
            return self.node(below_kind, below)
        return self.project(below_kind, below)

    def connection(
        self, kind: GraphQLObjectType, selections: list[SelectionSetNode]
    ) -> Project:
        """A function from a `Slice` to the JSON of a connection."""
        fields: dict[str, Field] = {}
        for key, nodes in self.selected(kind, selections).items():
            below = [node.selection_set for node in nodes if node.selection_set]
            name = nodes[0].name.value
            if name == "nodes":
                node_type = get_named_type(kind.fields["nodes"].type)
                with self.below(key, 0):
                    fields[key] = _nodes(self.project(node_type, below))
            elif name == "edges":
                with self.below(key, 0):
                    fields[key] = self._edges(kind, below)
            elif name == "pageInfo":
                info = get_named_type(kind.fields["pageInfo"].type)
                fields[key] = self.project(info, below)
            else:
                fields[key] = lambda _: kind.name
        return Object(fields, generated)

    def _edges(
        self, kind: GraphQLObjectType, selections: list[SelectionSetNode]
    ) -> Field:
        edge_type = get_named_type(kind.fields["edges"].type)
        if not isinstance(edge_type, GraphQLObjectType):
            raise TypeError(f"the edges of {kind.name} are not objects")
        fields: dict[str, Field] = {}
        for key, nodes in self.selected(edge_type, selections).items():
            name = nodes[0].name.value
            if name == "node":
                below = [node.selection_set for node in nodes if node.selection_set]
                child = self.project(
                    get_named_type(edge_type.fields["node"].type), below
                )
                fields[key] = _of_edge(child)
            elif name == "cursor":
                fields[key] = lambda edge: edge[0]
            else:
                fields[key] = lambda _: edge_type.name
        edge = Object(fields, generated)
        return lambda page: [
            edge(pair) for pair in zip(page.cursors, page.nodes, strict=True)
        ]


def is_connection(kind: GraphQLNamedType) -> bool:
    """Whether a type is a Relay connection."""
    return isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection")


def _nodes(child: Project) -> Field:
    return lambda page: [child(node) for node in page.nodes]


def _of_edge(child: Project) -> Field:
    return lambda edge: child(edge[1])
