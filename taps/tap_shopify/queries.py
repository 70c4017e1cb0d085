"""The GraphQL the tap speaks.

Nested connections are small on purpose: Shopify rates a query by what it could return,
and what does not fit is read on by ``draining``. Lists (``refunds``, ``transactions``)
are asked for without ``first``, which would cut them off without saying so.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

__all__ = [
    "AGREEMENT_FIELDS",
    "DISCOUNT_FIELDS",
    "LINE_ITEM_FIELDS",
    "NESTED_FIRST",
    "NEXT_PAGE",
    "REDEEM_CODE_FIELDS",
    "REFUND_LINE_FIELDS",
    "SALE_FIELDS",
    "checkout_fields",
    "customer_fields",
    "order_fields",
]

NEXT_PAGE = "pageInfo { hasNextPage endCursor }"

#: Nodes asked for of each connection inside another.
NESTED_FIRST = 10

_MONEY = "{ amount currencyCode }"
_BOTH = f"{{ shopMoney {_MONEY} presentmentMoney {_MONEY} }}"
_SHOP = "{ shopMoney { amount } }"

LINE_ITEM_FIELDS = f"""id product {{ id }} variant {{ id }} sku name vendor
quantity currentQuantity originalUnitPriceSet {_BOTH}
discountAllocations {{ allocatedAmountSet {_SHOP} }}"""

SALE_FIELDS = f"""id actionType lineType quantity totalAmount {_BOTH}
totalDiscountAmountAfterTaxes {_SHOP} totalTaxAmount {_SHOP}
... on ProductSale {{ lineItem {{ id }} }}
... on GiftCardSale {{ lineItem {{ id }} }}"""

AGREEMENT_FIELDS = "id happenedAt reason"

REFUND_LINE_FIELDS = f"""id lineItem {{ id }} quantity restockType
subtotalSet {_BOTH} totalTaxSet {_SHOP}"""

_UTM = "utmParameters { source medium campaign content term }"

_ORDER = f"""id name createdAt processedAt updatedAt cancelledAt cancelReason test
displayFinancialStatus displayFulfillmentStatus sourceName
currencyCode presentmentCurrencyCode taxesIncluded tags discountCodes
subtotalPriceSet {_SHOP} totalDiscountsSet {_SHOP} totalShippingPriceSet {_SHOP}
totalTaxSet {_SHOP} totalPriceSet {_BOTH} currentTotalPriceSet {_SHOP}
totalRefundedSet {_BOTH}
refunds {{ id createdAt updatedAt note totalRefundedSet {_BOTH} }}
transactions {{
  id kind status gateway test processedAt parentTransaction {{ id }} amountSet {_BOTH}
}}"""

_CUSTOMER = f"""id createdAt updatedAt state numberOfOrders
amountSpent {_MONEY} tags"""

_EMAIL = "defaultEmailAddress { emailAddress marketingState }"

_CHECKOUT = f"""id createdAt updatedAt completedAt discountCodes
totalPriceSet {_BOTH} subtotalPriceSet {_SHOP}"""

REDEEM_CODE_FIELDS = "id code asyncUsageCount"

_DISCOUNT = f"""title status startsAt endsAt usageLimit updatedAt
codes(first: {NESTED_FIRST}) {{ nodes {{ {REDEEM_CODE_FIELDS} }} {NEXT_PAGE} }}"""

_VALUE = f"""customerGets {{ value {{
  ... on DiscountPercentage {{ percentage }}
  ... on DiscountAmount {{ amount {_MONEY} }}
}} }}"""

DISCOUNT_FIELDS = f"""id codeDiscount {{ __typename
  ... on DiscountCodeBasic {{ {_DISCOUNT} {_VALUE} }}
  ... on DiscountCodeBxgy {{ {_DISCOUNT} }}
  ... on DiscountCodeFreeShipping {{ {_DISCOUNT} }}
  ... on DiscountCodeApp {{ {_DISCOUNT} }}
}}"""


def order_fields(without: Container[str]) -> str:
    """An order without its connections.

    Parameters
    ----------
    without
        Names of fields that are not to be asked for.
    """
    optional = {
        "email": "email",
        "customer": "customer { id }",
        "shippingAddress": "shippingAddress { countryCodeV2 provinceCode }",
        "customerJourneySummary": _journey(without),
    }
    return _kept(_ORDER, optional, without)


def customer_fields(without: Container[str]) -> str:
    """A customer; ``without`` as of ``order_fields``."""
    optional = {
        "firstName": "firstName",
        "lastName": "lastName",
        "defaultEmailAddress": _EMAIL,
        "defaultPhoneNumber": "defaultPhoneNumber { phoneNumber marketingState }",
        "defaultAddress": "defaultAddress { countryCodeV2 }",
        "verifiedEmail": "verifiedEmail",
    }
    return _kept(_CUSTOMER, optional, without)


def checkout_fields(without: Container[str]) -> str:
    """An abandoned checkout without its lines; ``without`` as of ``order_fields``."""
    email = "" if "defaultEmailAddress" in without else _EMAIL
    return _kept(_CHECKOUT, {"customer": f"customer {{ id {email} }}"}, without)


def _kept(always: str, optional: Mapping[str, str], without: Container[str]) -> str:
    kept = [text for name, text in optional.items() if name not in without]
    return "\n".join((always, *kept))


def _journey(without: Container[str]) -> str:
    protected = [f for f in ("landingPage", "referrerUrl") if f not in without]
    visit = f"""{{ id occurredAt source sourceType referralCode
    {" ".join(protected)} {_UTM} }}"""
    return f"""customerJourneySummary {{
  ready customerOrderIndex daysToConversion momentsCount {{ count }}
  firstVisit {visit} lastVisit {visit}
}}"""
