with files as (
    select
        company_id,
        file_sha256,
        file_name
    from {{ ref('int_files_current') }}
),

purchases as (
    select
        told.company_id,
        told.order_id,
        'purchases'::text as source_contract,
        told.file_name,
        told.line_number::text as line_id,
        null::text as product_id,
        null::text as product_name,
        'product'::text as product_kind,
        null::text as product_category,
        null::numeric(24, 6) as quantity,
        null::numeric(24, 6) as unit_price,
        0::numeric(24, 6) as discount_amount,
        told.amount as net_amount,
        told.loaded_at
    from {{ ref('int_purchases_identified') }} as told
    -- What is negative was paid back, not sold.
    where told.amount >= 0
),

-- A second copy of an order in a file begins with a second row of the order.
exported_rows as (
    select
        told.*,
        files.file_name,
        count(*) filter (where told.is_order_row) over (
            partition by
                told.company_id, told.file_sha256, told.order_id
            order by told.line_number
        ) as copy_number
    from {{ ref('stg_files__shopify_order_lines') }} as told
    inner join files
        on
            told.company_id = files.company_id
            and told.file_sha256 = files.file_sha256
),

-- The export has no product ids: what has one stock code is one product.
exported as (
    select
        told.company_id,
        orders.order_id,
        'shopify_orders'::text as source_contract,
        told.file_name,
        told.line_number::text as line_id,
        'shopify/' || coalesce(
            'sku/' || told.lineitem_sku, 'name/' || told.lineitem_name
        ) as product_id,
        told.lineitem_name as product_name,
        'product'::text as product_kind,
        null::text as product_category,
        told.lineitem_quantity::numeric(24, 6) as quantity,
        told.lineitem_price as unit_price,
        coalesce(told.lineitem_discount, 0)::numeric(24, 6) as discount_amount,
        (
            told.lineitem_price * told.lineitem_quantity
            - coalesce(told.lineitem_discount, 0)
        )::numeric(24, 6) as net_amount,
        told.loaded_at
    from exported_rows as told
    inner join {{ ref('int_shopify_orders_assembled') }} as orders
        on
            told.company_id = orders.company_id
            and told.file_sha256 = orders.file_sha256
            and told.order_id = orders.source_order_id
    where
        told.copy_number = 1
        and told.lineitem_price is not null
        and told.lineitem_quantity is not null
),

shopify as (
    select
        company_id,
        'shopify/' || order_id as order_id,
        'api'::text as source_contract,
        null::text as file_name,
        line_item_id as line_id,
        'shopify/' || product_id as product_id,
        line_item_name as product_name,
        'product'::text as product_kind,
        null::text as product_category,
        quantity::numeric(24, 6) as quantity,
        unit_price,
        coalesce(total_discount, 0)::numeric(24, 6) as discount_amount,
        (unit_price * quantity - coalesce(total_discount, 0))
        ::numeric(24, 6) as net_amount,
        loaded_at
    from {{ ref('stg_shopify__order_line_items') }}
),

marketplace_items as (
    select
        company_id,
        'marketplace/' || order_id as order_id,
        'marketplace'::text as source_contract,
        null::text as file_name,
        line_number::text as line_id,
        'marketplace/' || product_id as product_id,
        product_name,
        'product'::text as product_kind,
        category as product_category,
        quantity,
        price as unit_price,
        discount_amount,
        (price * quantity - discount_amount)::numeric(24, 6) as net_amount,
        loaded_at
    from {{ ref('int_marketplace_order_items_current') }}
),

-- An order for a service names it, and has no items: its one line is all of it.
marketplace_services as (
    select
        orders.company_id,
        orders.order_id,
        'marketplace'::text as source_contract,
        null::text as file_name,
        'service'::text as line_id,
        'marketplace/' || orders.product_id as product_id,
        orders.product_id as product_name,
        'service'::text as product_kind,
        null::text as product_category,
        null::numeric(24, 6) as quantity,
        null::numeric(24, 6) as unit_price,
        orders.discount_amount,
        (orders.gross_revenue - orders.discount_amount)
        ::numeric(24, 6) as net_amount,
        orders.loaded_at
    from {{ ref('int_marketplace_orders_assembled') }} as orders
    where
        orders.product_id is not null
        and not exists (
            select 1 from marketplace_items as items
            where
                items.company_id = orders.company_id
                and items.order_id = orders.order_id
        )
),

unioned as (
    select * from purchases
    union all
    select * from exported
    union all
    select * from shopify
    union all
    select * from marketplace_items
    union all
    select * from marketplace_services
)

select * from unioned
