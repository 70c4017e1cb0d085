{%- set no_place -%}
    'unknown'::text as channel_id,
    null::text as campaign_name,
    null::text as region_code,
    null::text as comuna_code
{%- endset -%}
{#- A shop always tells its taxes; where they are 0, prices may hold them. -#}
{%- set told = 'nullif(tax_amount <> 0, false) as is_tax_told, ' -%}
{%- set no = 'null::numeric(24, 6) as' -%}
{%- set told_by_amount = told ~ no ~ ' payment_fee' -%}
{%- set ledger = 'kept_tax_amount, kept_shipping_amount' -%}
{%- set no_ledger = no ~ ' kept_tax_amount, ' ~ no ~ ' kept_shipping_amount' -%}
{%- set file_columns -%}
    'files'::text as source_slug,
    file_sha256,
    file_name,
    line_number,
    exported_at,
    is_date_only,
    false as is_test,
    false as is_deleted
{%- endset -%}
with purchases as (
    select
        {{ order_columns() }},
        'purchases'::text as source_contract,
        is_moved,
        {{ file_columns }},
        {{ ledger }},
        is_tax_told,
        payment_fee,
        {{ no_place }}
    from {{ ref('int_purchases_as_orders') }}
),

exported_shopify_orders as (
    select
        {{ order_columns() }},
        'shopify_orders'::text as source_contract,
        false as is_moved,
        {{ file_columns }},
        {{ no_ledger }},
        {{ told_by_amount }},
        {{ no_place }}
    from {{ ref('int_shopify_orders_assembled') }}
),

shopify_orders as (
    select
        {{ order_columns() }},
        'api'::text as source_contract,
        false as is_moved,
        'shopify'::text as source_slug,
        null::text as file_sha256,
        null::text as file_name,
        null::integer as line_number,
        null::timestamptz as exported_at,
        false as is_date_only,
        is_test,
        is_deleted,
        {{ ledger }},
        {{ told_by_amount }},
        {{ no_place }}
    from {{ ref('int_shopify_orders_netted') }}
),

marketplace_orders as (
    select
        {{ order_columns() }},
        'marketplace'::text as source_contract,
        false as is_moved,
        'files'::text as source_slug,
        file_sha256,
        file_name,
        line_number,
        exported_at,
        false as is_date_only,
        is_test,
        false as is_deleted,
        {{ no_ledger }},
        is_tax_told,
        {{ no }} payment_fee,
        channel_id,
        campaign_name,
        region_code,
        comuna_code
    from {{ ref('int_marketplace_orders_assembled') }}
),

unioned as (
    select * from purchases
    union all
    select * from exported_shopify_orders
    union all
    select * from shopify_orders
    union all
    select * from marketplace_orders
)

select * from unioned
