"""Bulk operations: Shopify runs a query over everything and leaves a file of lines.

Source: shopify.dev, "Perform bulk operations with the GraphQL Admin API".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec

from taps.api_source.errors import AccessDenied, RateLimited, SourceError
from taps.tap_shopify.answers import PROTECTED_DATA
from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.progress import Progress

__all__ = ["BulkFailed", "BulkFile", "BulkOperations"]

#: First line of our queries: what bears it was begun by this program.
_MARKER = "# timonel"

_SUBMIT = """mutation SubmitBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id status } userErrors { code field message }
  }
}"""
_FIELDS = """id status errorCode objectCount rootObjectCount fileSize url
partialDataUrl"""
_POLL = f"""query PollBulk($id: ID!) {{
  node(id: $id) {{ ... on BulkOperation {{ {_FIELDS} }} }}
}}"""
_UNDER_WAY = """query BulkUnderWay($after: String) {
  bulkOperations(first: 50, after: $after) {
    nodes { id status query } pageInfo { hasNextPage endCursor }
  }
}"""
_CANCEL = """mutation CancelBulk($id: ID!) {
  bulkOperationCancel(id: $id) { userErrors { field message } }
}"""

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS, _LONGER = 0.2, 10.0, 1.25
_WAIT_FOR_A_PLACE_SECONDS = 15 * 60.0
_BUSY = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}
_RUNNING = {"CREATED", "RUNNING", "CANCELING"}


class BulkFailed(SourceError):
    """Shopify gave up on an operation, or its file is not whole: try a smaller one."""


@dataclass(frozen=True)
class BulkFile:
    """The lines of a completed operation."""

    path: Path
    object_count: int
    root_count: int

    def lines(self) -> Iterator[bytes]:
        """The lines, one object each."""
        with self.path.open("rb") as file:
            yield from file


class _Operation(msgspec.Struct, rename="camel"):
    id: str
    status: str
    error_code: str | None
    object_count: str
    root_object_count: str
    file_size: str | None
    url: str | None
    partial_data_url: str | None


class BulkOperations:
    """Runs bulk operations, one at a time.

    Parameters
    ----------
    client
        The shop.
    timeout_minutes
        How long one may take.
    """

    def __init__(self, client: ShopifyClient, timeout_minutes: int) -> None:
        self._client = client
        self._timeout = timeout_minutes * 60.0

    def run(self, query: str, expected: int, call: str, path: Path) -> BulkFile | None:
        """Run a query to its end and download its file; None if it found nothing.

        Parameters
        ----------
        query
            A query with one root connection.
        expected
            Root objects there should be, for the progress.
        call
            What is read, in words.
        path
            Where the file goes.

        Raises
        ------
        BulkFailed
            It failed, was cancelled, expired or took too long.
        """
        operation_id = self._begin(f"{_MARKER} {call}\n{query}", call)
        operation = self._wait(operation_id, expected, call)
        if operation.status != "COMPLETED":
            raise _given_up(operation, call)
        if operation.url is None:
            _expect_nothing(operation, call)
            return None
        self._client.download(operation.url, path, f"{call}, file")
        return BulkFile(
            path, int(operation.object_count), int(operation.root_object_count)
        )

    def _begin(self, query: str, call: str) -> str:
        deadline = monotonic() + _WAIT_FOR_A_PLACE_SECONDS
        for seconds in _waits():
            data = self._client.query(_SUBMIT, {"query": query}, call, dict).data
            payload = data["bulkOperationRunQuery"]
            codes = {error.get("code") for error in payload["userErrors"]}
            if not codes:
                return str(payload["bulkOperation"]["id"])
            if not codes & _BUSY:
                raise _refused(payload["userErrors"], call)
            if running := self._ours(query, call):
                self._client.logger.info("%s: goes on with operation %s", call, running)
                return running
            if monotonic() > deadline:
                break
            self._client.sleep(seconds)
        raise RateLimited(
            "other bulk operations of the app occupy every place",
            call=call,
            remedy="Run it again when they are done; what was read is kept.",
        )

    def _ours(self, query: str, call: str) -> str | None:
        """An operation that an earlier run of ours began with this very query."""
        for node in self._operations(call):
            is_same = (node.get("query") or "").strip() == query.strip()
            if node["status"] in {"CREATED", "RUNNING"} and is_same:
                return str(node["id"])
        return None

    def _operations(self, call: str) -> Iterator[dict[str, Any]]:
        """Every operation of the app, in whatever order Shopify lists them."""
        cursor = None
        while True:
            variables = {"after": cursor}
            data = self._client.query(_UNDER_WAY, variables, call, dict).data
            page = data["bulkOperations"]
            yield from page["nodes"]
            info = page["pageInfo"]
            if not info["hasNextPage"] or info["endCursor"] in {None, cursor}:
                return
            cursor = info["endCursor"]

    def _wait(self, operation_id: str, expected: int, call: str) -> _Operation:
        deadline = monotonic() + self._timeout
        progress = Progress(self._client.logger, f"{call}: Shopify prepares", expected)
        for seconds in _waits():
            operation = self._poll(operation_id, call)
            if operation.status not in _RUNNING:
                return operation
            if monotonic() > deadline:
                variables = {"id": operation_id}
                self._client.query(_CANCEL, variables, call, dict)
                raise BulkFailed(
                    f"bulk operation took longer than {self._timeout / 60:.0f} minutes",
                    call=call,
                )
            progress.reached(int(operation.root_object_count))
            self._client.sleep(seconds)
        raise AssertionError  # the waits never end

    def _poll(self, operation_id: str, call: str) -> _Operation:
        shape = dict[str, _Operation | None]
        reply = self._client.query(_POLL, {"id": operation_id}, call, shape)
        operation = reply.data["node"]
        if operation is None:
            raise BulkFailed("Shopify does not know the bulk operation", call=call)
        return operation


def _waits() -> Iterator[float]:
    seconds = _FIRST_WAIT_SECONDS
    while True:
        yield seconds
        seconds = min(seconds * _LONGER, _LONGEST_WAIT_SECONDS)


def _given_up(operation: _Operation, call: str) -> SourceError:
    number = number_of(operation.id)
    if operation.error_code == "ACCESS_DENIED":
        return AccessDenied(
            f"bulk operation {number} was denied access to a field",
            call=call,
            remedy=f"Give it the access scopes that --check misses. {PROTECTED_DATA}",
        )
    partial = "; its partial file is not used" if operation.partial_data_url else ""
    code = f" ({operation.error_code})" if operation.error_code else ""
    return BulkFailed(
        f"bulk operation {number} is {operation.status}{code}{partial}",
        call=call,
        remedy="Nothing was bookmarked; run it again later.",
    )


def _expect_nothing(operation: _Operation, call: str) -> None:
    if int(operation.object_count):
        raise BulkFailed(
            f"bulk operation {number_of(operation.id)} counts {operation.object_count} "
            "objects and gives no file",
            call=call,
        )


def _refused(errors: Iterable[dict[str, Any]], call: str) -> SourceError:
    said = "; ".join(str(error.get("message", "")).rstrip(".") for error in errors)
    return SourceError(f"Shopify refuses the bulk operation: {said}", call=call)
