"""Discount codes, with how often they were used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from taps.api_source.errors import AccessDenied, SourceError
from taps.api_source.schemas import instant, integer, number, schema, text
from taps.tap_shopify import nodes
from taps.tap_shopify.counts import ask_count
from taps.tap_shopify.customer_nodes import DiscountNode, RedeemCode
from taps.tap_shopify.nested_paging import drain
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.queries import DISCOUNT_FIELDS, NEXT_PAGE, REDEEM_CODE_FIELDS
from taps.tap_shopify.streams.base import Record, ShopStream
from taps.tap_shopify.windows import instant_text, parse_instant

__all__ = ["DiscountCodesStream"]

_PAGE = 10
_WHOLE_AFTER = timedelta(hours=20)
_LOOKBACK = timedelta(days=1)

_COLUMNS = (
    text("id", "Shopify's number of the code."),
    text("code", "What customers type in."),
    text("discount_id", "Discount it gives; one discount may have many codes."),
    text("title", "Title of the discount."),
    text("status", "active, expired or scheduled."),
    text("kind", "Type of the discount: DiscountCodeBasic, DiscountCodeBxgy ..."),
    instant("starts_at", "From when it is valid."),
    instant("ends_at", "Until when; null for ever."),
    integer("usage_count", "How often the code was used, with some delay."),
    integer("usage_limit", "How often the discount may be used; null for no limit."),
    number("percentage", "Share taken off, 0 to 1, if it is a share."),
    number("amount", "Amount taken off, if it is an amount."),
    text("currency_code", "Currency of amount."),
    instant("updated_at", "Last change of the discount; being used is none."),
)


class _Code(Record, kw_only=True):
    id: str
    code: str
    discount_id: str
    title: str
    status: str
    kind: str
    starts_at: str
    ends_at: str | None
    usage_count: int
    usage_limit: int | None
    percentage: Decimal | None
    amount: Decimal | None
    currency_code: str | None
    updated_at: str


class DiscountCodesStream(ShopStream):
    """Discount codes: all of them once a day, in between those that were changed."""

    name = "discount_codes"
    primary_keys: Sequence[str] = ("id",)
    replication_key = "updated_at"
    record_schema = schema(_COLUMNS, ("id",))

    def read(self) -> None:
        """Read all codes, or those of discounts that were changed."""
        if not self._tap.access.may("read_discounts"):
            return
        now = self._tap.client.now()
        whole_at = self._last_whole_read()
        is_whole = whole_at is None or now - whole_at > _WHOLE_AFTER
        search = None
        if whole_at is not None and not is_whole:
            search = f"updated_at:>='{instant_text(whole_at - _LOOKBACK)}'"
        try:
            self._read(search)
        except AccessDenied as denial:
            self._tap.client.warn(f"{self.name} stays as it is: {denial}")
            return
        if is_whole:
            self.advance(instant_text(now))

    def _read(self, search: str | None) -> None:
        """Read, and once more if Shopify counts others; then fail."""
        for _ in range(2):
            discounts: set[str] = set()
            codes: set[str] = set()
            for discount in self._discounts(search):
                found = self._codes(discount)
                self.emit_all(_records(discount, found))
                discounts.add(discount.id)
                codes.update(code.id for code in found)
            if search is not None:
                return
            # The documentation leaves open which of the two Shopify counts.
            count = ask_count(self._tap.client, "discountCodesCount", None, self.name)
            read = {len(discounts), len(codes)}
            if count.number in read or (
                not count.is_exact and count.number < max(read)
            ):
                return
        raise SourceError(
            f"{len(discounts)} discounts with {len(codes)} codes were read, Shopify "
            f"counts {count.number}",
            call=self.name,
            remedy="The bookmark was not moved; run it again later.",
        )

    def _last_whole_read(self) -> datetime | None:
        bookmark = self.bookmark()
        return parse_instant(bookmark) if bookmark else None

    def _discounts(self, search: str | None) -> Iterator[DiscountNode]:
        text = f"""query Discounts($search: String, $first: Int!, $after: String) {{
          codeDiscountNodes(query: $search, first: $first, after: $after) {{
            nodes {{ {DISCOUNT_FIELDS} }} {NEXT_PAGE} }}
        }}"""
        cursor = None
        while True:
            variables = {"search": search, "first": _PAGE, "after": cursor}
            reply = self._tap.client.query(
                text, variables, self.name, dict[str, nodes.Page[DiscountNode]]
            )
            page = reply.data["codeDiscountNodes"]
            yield from page.nodes
            if not page.page_info.has_next_page:
                return
            if page.page_info.end_cursor in {None, cursor}:
                raise SourceError("Shopify gives the same page again", call=self.name)
            cursor = page.page_info.end_cursor

    def _codes(self, discount: DiscountNode) -> list[RedeemCode]:
        kind = discount.code_discount.kind
        return drain(
            self._tap.client,
            discount.code_discount.codes,
            RedeemCode,
            owner=("DiscountCodeNode", discount.id),
            path=f"codeDiscount.{kind}:codes",
            fields=REDEEM_CODE_FIELDS,
        )


def _records(node: DiscountNode, codes: Sequence[RedeemCode]) -> Iterator[_Code]:
    discount = node.code_discount
    value = discount.customer_gets.value if discount.customer_gets else None
    share = value.percentage if value else None
    amount = value.amount if value else None
    for code in codes:
        yield _Code(
            id=number_of(code.id),
            code=code.code,
            discount_id=number_of(node.id),
            title=discount.title,
            status=discount.status.lower(),
            kind=discount.kind,
            starts_at=discount.starts_at,
            ends_at=discount.ends_at,
            usage_count=code.async_usage_count,
            usage_limit=discount.usage_limit,
            percentage=None if share is None else Decimal(str(share)),
            amount=amount.amount if amount else None,
            currency_code=amount.currency_code if amount else None,
            updated_at=discount.updated_at,
        )
