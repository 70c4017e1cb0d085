"""What is read by windows of time: by pages when it is little, in bulk when much."""

from __future__ import annotations

import contextlib
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from taps.api_source.errors import SourceError, TooMuchData
from taps.tap_shopify.bulk import BulkFailed, BulkFile, BulkOperations
from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.counts import ask_count
from taps.tap_shopify.nodes import PageInfo
from taps.tap_shopify.progress import Progress
from taps.tap_shopify.windows import Count, Window, split

__all__ = ["Collection", "Reader"]

# Shopify rates one query at 1,000 points at most; some room for what it did not tell.
_COST_AIM = 800.0
_LARGEST_PAGE = 250


class Collection(ABC):
    """A root connection of the API and what becomes of its nodes."""

    #: Name of the connection, such as ``orders``.
    name: str
    #: Name of the field that counts it.
    count_name: str
    sort_key: str

    @abstractmethod
    def page_fields(self) -> str:
        """What is asked of a node when paging."""

    @abstractmethod
    def bulk_fields(self) -> str:
        """What is asked of a node in bulk."""

    @abstractmethod
    def take_page(self, nodes: msgspec.Raw, call: str) -> Sequence[str]:
        """Emit the nodes of a page; return their ids."""

    @abstractmethod
    def take_file(self, file: BulkFile, call: str) -> int:
        """Emit what a file holds, after counting it; return how many nodes it has.

        Raises
        ------
        BulkFailed
            The file holds more or less than Shopify says.
        """


class _RawPage(msgspec.Struct, rename="camel"):
    nodes: msgspec.Raw
    page_info: PageInfo


class Reader:
    """Reads windows of a collection whole, or fails.

    Parameters
    ----------
    page_size
        Nodes asked for first; adapted to what a page is rated at.
    bulk_from
        With more nodes than this, a bulk operation reads the window.
    bulk_limit
        Nodes in a bulk operation at most.
    """

    def __init__(
        self,
        client: ShopifyClient,
        bulk: BulkOperations,
        *,
        page_size: int,
        bulk_from: int,
        bulk_limit: int,
    ) -> None:
        self._client = client
        self._bulk = bulk
        self._page_size = page_size
        self._bulk_from = bulk_from
        self._bulk_limit = bulk_limit

    def windows(self, collection: Collection, window: Window) -> Iterator[Window]:
        """Read a window part by part; give each part when all of it was emitted."""
        count = self._counter(collection)
        for part, expected in split(window, count, self._bulk_limit):
            self._read(collection, part, expected)
            yield part

    def _counter(self, collection: Collection) -> Callable[[Window], Count]:
        def count(window: Window) -> Count:
            call = f"{collection.name}, count of {window}"
            return ask_count(self._client, collection.count_name, window.search, call)

        return count

    def _read(self, collection: Collection, window: Window, before: Count) -> None:
        """Read once, and once more if the source's count does not agree.

        Things leave the window when they change while it is read, so there may be as
        many as before, as many as after, or any number between.
        """
        if before == Count(0):
            return
        for _ in range(2):
            number = self._emit(collection, window, before.number)
            after = self._counter(collection)(window)
            if after.agrees_with(number, before):
                return
            self._client.logger.warning(
                "%s, %s: %d read, Shopify counts %d; reading them again",
                collection.name,
                window,
                number,
                after.number,
            )
            before = after
        raise SourceError(
            f"{number} were read and Shopify counts {after.number}, twice",
            call=f"{collection.name}, {window}",
            remedy="The bookmark was not moved; run it again later.",
        )

    def _emit(self, collection: Collection, window: Window, expected: int) -> int:
        if expected <= self._bulk_from:
            return self._page(collection, window, expected)
        try:
            return self._in_bulk(collection, window, expected)
        except BulkFailed as failure:
            self._client.logger.warning("%s Trying its halves.", failure)
        return sum(
            self._in_bulk(collection, half, expected // 2) for half in window.halves()
        )

    def _in_bulk(self, collection: Collection, window: Window, expected: int) -> int:
        call = f"{collection.name}, {window}"
        query = f"""{{ {collection.name}(query: "{window.search}") {{
          edges {{ node {{ {collection.bulk_fields()} }} }}
        }} }}"""
        with _temporary_path() as path:
            file = self._bulk.run(query, expected, call, path)
            if file is None:
                return 0
            return collection.take_file(file, call)

    def _page(self, collection: Collection, window: Window, expected: int) -> int:
        """Read all pages; return how many different nodes there were."""
        seen: set[str] = set()
        progress = Progress(self._client.logger, f"{collection.name}:", expected)
        cursor = None
        while True:
            page = self._next(collection, window, cursor)
            call = f"{collection.name}, {window}"
            seen.update(collection.take_page(page.nodes, call))
            progress.reached(len(seen))
            if not page.page_info.has_next_page:
                return len(seen)
            if page.page_info.end_cursor in {None, cursor}:
                raise SourceError("Shopify gives the same page again", call=call)
            cursor = page.page_info.end_cursor

    def _next(
        self, collection: Collection, window: Window, cursor: str | None
    ) -> _RawPage:
        # Fields may be dropped while reading, so the text is made for each page.
        text = f"""query Page($search: String!, $first: Int!, $after: String) {{
          {collection.name}(
            query: $search, first: $first, after: $after, sortKey: {collection.sort_key}
          ) {{ nodes {{ {collection.page_fields()} }}
            pageInfo {{ hasNextPage endCursor }} }}
        }}"""
        call = f"{collection.name}, {window}"
        while True:
            size = self._page_size
            variables = {"search": window.search, "first": size, "after": cursor}
            try:
                reply = self._client.query(text, variables, call, dict[str, _RawPage])
            except TooMuchData:
                if size == 1:
                    raise
                self._page_size = size // 2
                continue
            if reply.cost:
                fitting = int(size * _COST_AIM / reply.cost)
                self._page_size = max(1, min(_LARGEST_PAGE, fitting, size * 2))
            return reply.data[collection.name]


@contextlib.contextmanager
def _temporary_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tap-shopify-") as folder:
        yield Path(folder) / "bulk.jsonl"
