-- A day later at the same shop: three orders in a thousand changed. A third of them
-- are new, a third was refunded (200 days ago among them), a third was cancelled.
-- %(company)s text, %(changed)s integer: how many; %(step)s integer: one order in so
-- many; %(orders)s integer: how many there were.
create temporary table chosen on commit drop as
select
    id,
    row_number() over (order by id::bigint) as place
from raw_shopify.orders
where company_id = %(company)s and id::bigint %% %(step)s = 1;

insert into raw_shopify.orders
    (company_id, id, name, created_at, processed_at, updated_at, is_test,
    financial_status, fulfillment_status, currency_code, customer_id, email,
    total_discounts, total_shipping, total_tax, total_price, total_refunded,
    _sdc_batched_at)
select
    company_id, (id::bigint + %(orders)s)::text, name || 'b',
    timestamptz '2026-01-01 08:00+00', timestamptz '2026-01-01 08:00+00',
    timestamptz '2026-01-01 08:00+00', is_test, financial_status,
    fulfillment_status, currency_code, customer_id, email, total_discounts,
    total_shipping, total_tax, total_price, total_refunded, now()
from raw_shopify.orders
where
    company_id = %(company)s
    and id in (select chosen.id from chosen where chosen.place %% 3 = 0);

insert into raw_shopify.order_refunds
    (company_id, id, order_id, order_updated_at, created_at, updated_at,
    currency_code, total_refunded, has_transactions, _sdc_batched_at)
select
    company_id, 'late' || id, id, now(), now(), now(), 'EUR', 1, true, now()
from raw_shopify.orders
where
    company_id = %(company)s
    and id in (select chosen.id from chosen where chosen.place %% 3 = 1);

update raw_shopify.orders set
    cancelled_at = now(),
    updated_at = now(),
    _sdc_batched_at = now()
where
    company_id = %(company)s
    and id in (select chosen.id from chosen where chosen.place %% 3 = 2);

-- The loader says so of an order whenever a part of it was read again.
update raw_shopify.orders set updated_at = now(), _sdc_batched_at = now()
where
    company_id = %(company)s
    and id in (select chosen.id from chosen where chosen.place %% 3 = 1);
