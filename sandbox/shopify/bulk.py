"""Bulk operations: a query that is answered with a file, some time later."""

import copy
import logging
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from sandbox.shopify.bulk_files import BulkFile, BulkFiles
from sandbox.shopify.bulk_job import BulkJob
from sandbox.shopify.bulk_operation import UNFINISHED, Operation
from sandbox.shopify.bulk_rules import refusals
from sandbox.shopify.context import Context
from sandbox.shopify.fields.shops import UserError
from sandbox.shopify.schema import schema_of
from sandbox.store import Store

__all__ = ["BulkOperations", "Payload"]

_logger = logging.getLogger(__name__)

_MOST_AT_ONCE: Final = 5
_FIRST_PARALLEL_VERSION: Final = "2026-01"
_REMEMBERED: Final = 200
_FIRST_ID: Final = 4_100_000_000_000


class Payload(NamedTuple):
    """What a mutation answers."""

    operation: Operation | None
    errors: list[UserError]


class BulkOperations:
    """All operations of all shops, in memory."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._files = BulkFiles(store)
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="bulk")
        self._lock = threading.Lock()
        self._operations: list[Operation] = []
        self._next = _FIRST_ID

    def run(
        self, context: Context, query: str, *, is_grouped: bool, base_url: str
    ) -> Payload:
        """Start an operation, or say why not."""
        errors = refusals(schema_of(context.version), query)
        if errors:
            return Payload(None, errors)
        with self._lock:
            busy = [o for o in self.of(context.company.slug) if o.status in UNFINISHED]
            errors = _refusal(context.version, busy)
            if errors:
                return Payload(None, errors)
            self._next += 1
            slow = context.fault("bulk_seconds")
            operation = Operation(
                self._next,
                context.company.slug,
                query,
                context.now,
                base_url,
                float(slow.options.get("seconds", 0)) if slow else self._seconds,
                self._store.clock,
            )
            self._operations.append(operation)
        self._forget_old()
        # Answered as it was created: a short query may be done before it is told.
        answered = copy.copy(operation)
        self._workers.submit(self._work, context, operation, is_grouped)
        return Payload(answered, [])

    def cancel(self, company: str, identifier: str) -> Payload:
        """Stop an operation that still runs."""
        operation = self.get(company, identifier)
        if operation is None:
            error = UserError("Bulk operation does not exist", None, ["id"])
            return Payload(None, [error])
        if operation.status not in UNFINISHED:
            state = operation.status.lower()
            message = f"A bulk operation cannot be canceled when it is {state}"
            return Payload(operation, [UserError(message)])
        operation.is_cancelled = True
        return Payload(operation, [])

    def of(self, company: str) -> list[Operation]:
        """The shop's operations, newest first."""
        return [o for o in reversed(self._operations) if o.company == company]

    def get(self, company: str, identifier: str) -> Operation | None:
        """The operation with this gid."""
        found = (o for o in self.of(company) if o.id == identifier)
        operation = next(found, None)
        if operation is not None:
            operation.was_polled = True
        return operation

    def file(self, company: str, key: str) -> BulkFile | None:
        """The file behind an address, while it lasts."""
        for operation in self.of(company):
            if secrets.compare_digest(operation.key, key) and not operation.is_expired:
                return operation.file
        return None

    def _forget_old(self) -> None:
        with self._lock:
            old = self._operations[:-_REMEMBERED]
            self._operations = self._operations[-_REMEMBERED:]
        in_use = {o.file.path for o in self._operations if o.file is not None}
        for operation in old:
            if operation.file is not None and operation.file.path not in in_use:
                self._files.forget(operation.file)

    def _work(self, context: Context, operation: Operation, is_grouped: bool) -> None:
        try:
            BulkJob(context, operation, self._files, is_grouped=is_grouped).run()
        except Exception:
            # Nobody waits for this thread: the operation and the log have to tell.
            _logger.exception("bulk operation %s failed", operation.id)
            operation.error_code = "INTERNAL_SERVER_ERROR"
        finally:
            operation.finished = self._store.clock.now()


def _refusal(version: str, busy: list[Operation]) -> list[UserError]:
    if version >= _FIRST_PARALLEL_VERSION:
        if len(busy) < _MOST_AT_ONCE:
            return []
    elif not busy:
        return []
    message = (
        "A bulk query operation for this app and shop is already in progress: "
        f"{busy[0].id}."
    )
    return [UserError(message, "OPERATION_IN_PROGRESS")]
