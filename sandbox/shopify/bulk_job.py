"""The making of a bulk operation's file."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    parse,
    print_ast,
    value_from_ast_untyped,
)

from sandbox.shopify.access import denial, earliest_order
from sandbox.shopify.bulk_files import BulkFile, BulkFiles, Question
from sandbox.shopify.bulk_operation import Operation
from sandbox.shopify.bulk_rules import operation_of
from sandbox.shopify.context import Context
from sandbox.shopify.filters import Filter, filter_of
from sandbox.shopify.jsonl import write_jsonl
from sandbox.shopify.paging import CONNECTIONS
from sandbox.shopify.projection import Compiler
from sandbox.shopify.schema import schema_of
from sandbox.shopify.shapes import Deferred

__all__ = ["BulkJob"]


class BulkJob:
    """One file, from the query to the last line.

    Faults: `bulk_failed` stops after a `share` of the roots and fails, `page_missing`
    leaves the rest out and counts it all the same, `duplicate_ids` repeats the first
    root.
    """

    def __init__(
        self,
        context: Context,
        operation: Operation,
        files: BulkFiles,
        *,
        is_grouped: bool,
    ) -> None:
        self._context = Context(
            context.world,
            context.company,
            context.version,
            context.path,
            context.now,
            is_bulk=True,
        )
        self._operation = operation
        self._is_grouped = is_grouped
        self._files = files
        self._document = parse(operation.query)
        self._root = _root(operation_of(self._document))
        self._failure = context.fault("bulk_failed")
        self._gap = context.fault("page_missing")
        self._repeat = context.fault("duplicate_ids")

    def run(self) -> None:
        """Serve a kept file, or write one."""
        question = self._question()
        kept = self._files.find(question) if question else None
        if kept is not None:
            self._operation.tally, self._operation.file = kept.tally, kept
            return
        state = self._files.state()
        self._operation.file = file = self._write()
        if file is not None and question is not None:
            self._files.keep(question, file, state)

    @property
    def _collection(self) -> str:
        return CONNECTIONS[self._root.name.value]

    def _question(self) -> Question | None:
        """What identifies the file; None if it is good only once.

        A search up to now, whenever that is, is the same question as one without end.
        """
        is_faulty = self._failure or self._gap or self._repeat
        is_by_clock = self._collection == "discounts" or (
            self._collection == "orders" and earliest_order(self._context) is not None
        )
        if is_faulty or is_by_clock:
            return None
        search = self._search()
        found = filter_of(self._context, self._collection, search, [])
        now = self._context.now
        ends = {name: end for name, end in found.until.items() if end < now}
        return Question(
            self._context.company.slug,
            self._collection,
            self._context.company.scopes,
            self._is_grouped,
            "\n".join(map(print_ast, self._selection())),
            (*sorted(found.since.items()), *sorted(ends.items())),
            search if found.test is not None else None,
        )

    def _selection(self) -> list[Node]:
        """What is asked of the documents, wherever it is written."""
        fragments = _fragments(self._document).values()
        root = self._root.selection_set
        return [*fragments] if root is None else [root, *fragments]

    def _search(self) -> str | None:
        """The text that the documents are searched by."""
        for argument in self._root.arguments:
            if argument.name.value == "query":
                return str(value_from_ast_untyped(argument.value))
        return None

    def _write(self) -> BulkFile | None:
        """The file; None when the app may not read something that it asks for."""
        schema = schema_of(self._context.version)
        compiler = Compiler(schema, _fragments(self._document), {}, self._context)
        query = schema.query_type
        if query is None:
            raise TypeError("the schema has no query root")
        name = self._root.name.value
        field = query.fields[name]
        connection = compiler.completed(field, [self._root], lambda _: [])
        is_denied = denial(self._context, query.name, name, self._root)
        if is_denied or self._context.errors or not isinstance(connection, Deferred):
            self._operation.error_code = "ACCESS_DENIED"
            return None
        path = self._files.new_path()
        with path.open("wb", buffering=1 << 20) as file:
            write_jsonl(
                file,
                self._sources(
                    filter_of(self._context, self._collection, self._search(), [])
                ),
                connection,
                self._operation.tally,
                is_grouped=self._is_grouped,
            )
        return BulkFile(path, self._operation.tally)

    def _sources(self, found: Filter) -> Iterator[Any]:
        fault = self._failure or self._gap
        share = float(fault.options.get("share", 0.5)) if fault else 1.0
        total = found.count() if fault else 0
        for number, (_, facts) in enumerate(found.documents()):
            if self._operation.is_cancelled:
                return
            if fault and number >= int(total * share):
                self._stop(total - number)
                return
            yield facts
            if number == 0 and self._repeat:
                yield facts

    def _stop(self, missing: int) -> None:
        if self._failure:
            self._operation.error_code = "INTERNAL_SERVER_ERROR"
            return
        self._operation.tally.roots += missing
        self._operation.tally.objects += missing


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


def _root(operation: OperationDefinitionNode) -> FieldNode:
    """The one field at the top of a bulk query."""
    node = operation.selection_set.selections[0]
    if not isinstance(node, FieldNode):
        raise TypeError("a bulk query begins with a connection")
    return node
