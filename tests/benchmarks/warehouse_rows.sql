-- The raw rows of one simulated shop: what the loader leaves of Shopify's API.
-- %(company)s text, %(orders)s integer: how many orders, over two years.
-- Every id and amount follows from the row's number, so each run has the same.
insert into ops.companies (company_id, name, currency_code, time_zone)
values (%(company)s, %(company)s, 'EUR', 'Europe/Madrid');

insert into raw_shopify.shop
    (company_id, id, time_zone, currency_code, read_at, _sdc_batched_at)
values (%(company)s, '1', 'Europe/Madrid', 'EUR', now(), now());

create temporary table numbered on commit drop as
select
    number::text as id,
    timestamptz '2024-01-01 08:00+00'
    + number * (interval '730 days' / %(orders)s) as at,
    -- A third as many customers as orders, some of them buying often.
    ((number * 7919) %% (%(orders)s / 3 + 1) / (1 + number %% 3))::text
        as customer_id,
    (10 + (number * 104729) %% 9000 / 100.0)::numeric(10, 2) as total,
    number %% 20 = 0 as is_refunded,
    number %% 50 = 7 as is_cancelled,
    number
from generate_series(1::bigint, %(orders)s) as numbers (number);

insert into raw_shopify.customers
    (company_id, id, email, created_at, updated_at, _sdc_batched_at)
select distinct on (customer_id)
    %(company)s,
    customer_id,
    customer_id || '@example.com',
    at,
    at,
    now()
from numbered
order by customer_id, at;

insert into raw_shopify.orders
    (company_id, id, name, created_at, processed_at, updated_at, cancelled_at,
    is_test, financial_status, fulfillment_status, currency_code, customer_id,
    email, subtotal, total_discounts, total_shipping, total_tax, total_price,
    current_total_price, total_refunded, line_item_count, _sdc_batched_at)
select
    %(company)s,
    id,
    '#' || id,
    at,
    at,
    at,
    case when is_cancelled then at + interval '1 day' end,
    false,
    'paid',
    'fulfilled',
    'EUR',
    customer_id,
    customer_id || '@example.com',
    total,
    round(total * 0.05, 2),
    4.90,
    round(total * 0.17, 2),
    total,
    total,
    0,
    1 + number %% 3,
    now()
from numbered;

insert into raw_shopify.order_line_items
    (company_id, id, order_id, order_updated_at, product_id, sku, name, quantity,
    current_quantity, currency_code, unit_price, discounted_total, total_discount,
    _sdc_batched_at)
select
    %(company)s,
    id || '-' || line,
    id,
    at,
    ((number + line) %% 400)::text,
    'SKU' || (number + line) %% 400,
    'Product ' || (number + line) %% 400,
    1,
    1,
    'EUR',
    round(total / (1 + number %% 3), 2),
    round(total / (1 + number %% 3), 2),
    0,
    now()
from numbered
cross join lateral generate_series(0, number %% 3) as lines (line);

insert into raw_shopify.order_transactions
    (company_id, id, order_id, order_updated_at, kind, status, gateway, is_test,
    processed_at, currency_code, amount, _sdc_batched_at)
select
    %(company)s, 't' || id, id, at, 'sale', 'success',
    (array['card', 'paypal', 'transfer'])[1 + number %% 3], false, at, 'EUR',
    total, now()
from numbered;

insert into raw_shopify.order_refunds
    (company_id, id, order_id, order_updated_at, created_at, updated_at,
    currency_code, total_refunded, has_transactions, _sdc_batched_at)
select
    %(company)s, 'r' || id, id, at, at + interval '9 days', at + interval '9 days',
    'EUR', round(total / 2, 2), true, now()
from numbered
where is_refunded;

insert into raw_shopify.order_visits
    (company_id, order_id, visit_role, order_updated_at, visit_id, occurred_at,
    source, landing_page, utm_source, utm_medium, utm_campaign, _sdc_batched_at)
select
    %(company)s, id, 'last', at, 'v' || id, at - interval '1 hour', 'google',
    'https://shop.example/', (array['google', 'facebook', 'newsletter'])[
        1 + number %% 3
    ], (array['cpc', 'paid', 'email'])[1 + number %% 3],
    'campaign ' || number %% 12, now()
from numbered
where number %% 5 < 3;

insert into raw_shopify.order_ids
    (company_id, date, id, created_at, read_at, _sdc_batched_at)
select
    %(company)s, (at at time zone 'Europe/Madrid')::date, id, at, now(), now()
from numbered;

insert into raw_shopify.slices
    (company_id, stream_name, date, read_at, _sdc_batched_at)
select distinct
    %(company)s, 'order_ids', (at at time zone 'Europe/Madrid')::date, now(), now()
from numbered;
