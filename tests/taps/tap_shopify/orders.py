"""Documents of a small shop, as Shopify's schema writes them."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def bag(shop: str, presentment: str | None = None, currency: str = "EUR") -> Document:
    return {
        "shopMoney": {"amount": shop, "currencyCode": "EUR"},
        "presentmentMoney": {"amount": presentment or shop, "currencyCode": currency},
    }


def line(number: int, price: str = "10.0") -> Document:
    return {
        "id": gid("LineItem", number),
        "product": {"id": gid("Product", 7)},
        "variant": None,
        "sku": f"SKU-{number}",
        "name": f"Line {number}",
        "vendor": "Acme",
        "quantity": 1,
        "currentQuantity": 1,
        "originalUnitPriceSet": bag(price, "10.84", "USD"),
        "discountAllocations": [],
    }


def sale(number: int, total: str = "10.0", quantity: int = 1) -> Document:
    return {
        "__typename": "ProductSale",
        "id": gid("ProductSale", number),
        "actionType": "ORDER",
        "lineType": "PRODUCT",
        "quantity": quantity,
        "totalAmount": bag(total, "10.84", "USD"),
        "totalDiscountAmountAfterTaxes": bag("0.0"),
        "totalTaxAmount": bag("1.74"),
        "lineItem": {"id": gid("LineItem", number)},
    }


def agreement(number: int, at: str, sales: list[Document]) -> Document:
    return {
        "__typename": "OrderAgreement",
        "id": gid("OrderAgreement", number),
        "happenedAt": at,
        "reason": "ORDER",
        "sales": sales,
    }


def transaction(number: int, kind: str = "SALE", status: str = "SUCCESS") -> Document:
    return {
        "id": gid("OrderTransaction", number),
        "kind": kind,
        "status": status,
        "gateway": "shopify_payments",
        "test": False,
        "processedAt": "2026-11-01T09:14:02Z",
        "parentTransaction": None,
        "amountSet": bag("100.0", "108.45", "USD"),
    }


def refund(number: int, lines: int = 1, *, has_moved: bool = True) -> Document:
    return {
        "__typename": "Refund",
        "id": gid("Refund", number),
        "createdAt": "2026-11-03T17:20:40Z",
        "updatedAt": "2026-11-03T17:20:41Z",
        "note": "Too small",
        "totalRefundedSet": bag("40.0", "43.38", "USD"),
        "refundLineItems": [
            {
                "id": gid("RefundLineItem", number * 1000 + n),
                "lineItem": {"id": gid("LineItem", n)},
                "quantity": 1,
                "restockType": "RETURN",
                "subtotalSet": bag("40.0", "43.38", "USD"),
                "totalTaxSet": bag("6.94"),
            }
            for n in range(lines)
        ],
        "transactions": [transaction(number, "REFUND")] if has_moved else [],
    }


def visit(number: int) -> Document:
    return {
        "id": gid("CustomerVisit", number),
        "occurredAt": "2026-10-28T20:00:00Z",
        "source": "Google",
        "sourceType": "SEO",
        "landingPage": "https://x.test/?gclid=1",
        "referrerUrl": "https://www.google.com/",
        "referralCode": None,
        "utmParameters": {
            "source": "facebook",
            "medium": "paid",
            "campaign": "bf26",
            "content": None,
            "term": None,
        },
    }


def journey(*, ready: bool = True) -> Document:
    return {
        "ready": ready,
        "customerOrderIndex": 1 if ready else None,
        "daysToConversion": 4 if ready else None,
        "momentsCount": {"count": 3, "precision": "EXACT"},
        "firstVisit": visit(1) if ready else None,
        "lastVisit": visit(3) if ready else None,
    }


def order(
    number: int, updated_at: str = "2026-11-01T09:20:00Z", **changes: Any
) -> Document:
    created_at = changes.get("createdAt", min(updated_at, "2026-11-01T09:14:03Z"))
    document = {
        "__typename": "Order",
        "id": gid("Order", number),
        "name": f"#{number}",
        "createdAt": created_at,
        "processedAt": created_at,
        "updatedAt": updated_at,
        "cancelledAt": None,
        "cancelReason": None,
        "test": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED",
        "sourceName": "web",
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "USD",
        "taxesIncluded": True,
        "tags": ["vip"],
        "discountCodes": ["SPRING10"],
        "subtotalPriceSet": bag("95.0"),
        "totalDiscountsSet": bag("5.0"),
        "totalShippingPriceSet": bag("5.0"),
        "totalTaxSet": bag("17.36"),
        "totalPriceSet": bag("100.0", "108.45", "USD"),
        "currentTotalPriceSet": bag("100.0"),
        "totalRefundedSet": bag("0.0", "0.0", "USD"),
        "refunds": [],
        "transactions": [transaction(number)],
        "email": "buyer@example.com",
        "customer": {"id": gid("Customer", 77)},
        "shippingAddress": {"countryCodeV2": "ES", "provinceCode": "MD"},
        "customerJourneySummary": journey(),
        "lineItems": [line(number * 10), line(number * 10 + 1)],
        "agreements": [agreement(number, created_at, [sale(number * 10)])],
    }
    return {**document, **changes}


def customer(number: int, updated_at: str = "2026-11-01T00:00:00Z") -> Document:
    return {
        "__typename": "Customer",
        "id": gid("Customer", number),
        "createdAt": updated_at,
        "updatedAt": updated_at,
        "firstName": "Ada",
        "lastName": None,
        "state": "ENABLED",
        "numberOfOrders": "3",
        "amountSpent": {"amount": "300.10", "currencyCode": "EUR"},
        "tags": [],
        "defaultEmailAddress": {
            "emailAddress": "ada@example.com",
            "marketingState": "SUBSCRIBED",
        },
        "defaultPhoneNumber": None,
        "defaultAddress": {"countryCodeV2": "ES"},
        "verifiedEmail": True,
    }


def checkout(number: int, lines: int = 2) -> Document:
    return {
        "__typename": "AbandonedCheckout",
        "id": gid("AbandonedCheckout", number),
        "createdAt": "2026-11-01T00:00:00Z",
        "updatedAt": "2026-11-01T00:00:00Z",
        "completedAt": None,
        "customer": None,
        "discountCodes": [],
        "totalPriceSet": bag("12.0"),
        "subtotalPriceSet": bag("10.0"),
        "lineItems": [
            {"id": gid("AbandonedCheckoutLineItem", number * 100 + n)}
            for n in range(lines)
        ],
    }


def discount(number: int, codes: int = 1) -> Document:
    return {
        "__typename": "DiscountCodeNode",
        "id": gid("DiscountCodeNode", number),
        "updatedAt": "2026-10-01T00:00:00Z",
        "codeDiscount": {
            "__typename": "DiscountCodeBasic",
            "title": "Spring",
            "status": "ACTIVE",
            "startsAt": "2026-03-01T00:00:00Z",
            "endsAt": None,
            "usageLimit": None,
            "updatedAt": "2026-10-01T00:00:00Z",
            "customerGets": {
                "value": {"__typename": "DiscountPercentage", "percentage": 0.1}
            },
            "codes": [
                {
                    "id": gid("DiscountRedeemCode", number * 100 + n),
                    "code": f"SPRING{n}",
                    "asyncUsageCount": 5,
                }
                for n in range(codes)
            ],
        },
    }
