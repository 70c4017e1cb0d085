with companies as (
    select
        company_id,
        currency_code,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

lines as (
    select * from {{ ref('int_marketplace_cart_lines_summed') }}
    where {{ is_in_scope() }} and {{ is_changed("'marketplace/' || cart_id") }}
),

users as (
    select
        company_id,
        marketplace_user_id,
        customer_id
    from {{ ref('int_marketplace_users_matched') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        company_id,
        order_id,
        customer_id,
        created_at
    from {{ ref('int_marketplace_orders_deduplicated') }}
    where {{ is_in_scope() }}
),

checkouts as (
    select * from {{ ref('stg_shopify__abandoned_checkouts') }}
    where {{ is_in_scope() }} and completed_at is null
),

shopify_customers as (
    select
        company_id,
        email_hash,
        customer_id
    from {{ ref('int_shopify_customers_matched') }}
    where {{ is_in_scope() }}
),

people as (
    select
        company_id,
        customer_id,
        person_customer_id
    from {{ ref('int_shopify_customers_identified') }}
    where {{ is_in_scope() }}
),

shopify_orders as (
    select * from {{ ref('int_shopify_orders_netted') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('order_id') }}
        and not is_test
        and not is_deleted
),

marketplace_carts as (
    select
        company_id,
        cart_id,
        max(marketplace_user_id) as marketplace_user_id,
        max(order_id) as order_id,
        max(currency_code) as currency_code,
        sum(amount) as amount,
        min(created_at) as created_at,
        max(last_activity_at) as last_activity_at
    from lines
    group by company_id, cart_id
),

unioned as (
    select
        carts.company_id,
        'marketplace/' || carts.cart_id as cart_id,
        coalesce(
            users.customer_id,
            'marketplace/' || carts.marketplace_user_id,
            orders.customer_id
        ) as customer_id,
        'files'::text as source_slug,
        carts.created_at,
        carts.last_activity_at,
        'marketplace/' || carts.order_id as order_id,
        case
            when carts.order_id is not null
                then coalesce(orders.created_at, carts.last_activity_at)
        end as converted_at,
        carts.amount,
        carts.currency_code
    from marketplace_carts as carts
    left join users
        on
            carts.company_id = users.company_id
            and carts.marketplace_user_id = users.marketplace_user_id
    left join orders
        on
            carts.company_id = orders.company_id
            and carts.order_id = orders.order_id
    union all
    select
        checkouts.company_id,
        'shopify/checkout/' || checkouts.checkout_id as cart_id,
        coalesce(
            'shopify/' || coalesce(
                people.person_customer_id,
                checkouts.customer_id,
                shopify_customers.customer_id
            ),
            checkouts.email_hash
        ) as customer_id,
        'shopify'::text as source_slug,
        checkouts.created_at,
        coalesce(checkouts.updated_at, checkouts.created_at)
            as last_activity_at,
        null::text as order_id,
        null::timestamptz as converted_at,
        checkouts.total_price as amount,
        checkouts.currency_code
    from checkouts
    left join shopify_customers
        on
            checkouts.company_id = shopify_customers.company_id
            and checkouts.email_hash = shopify_customers.email_hash
    left join people
        on
            checkouts.company_id = people.company_id
            and checkouts.customer_id = people.customer_id
    union all
    -- Shopify lists the checkouts that were left; the others are its orders.
    select
        company_id,
        order_id as cart_id,
        customer_id,
        'shopify'::text as source_slug,
        ordered_at as created_at,
        ordered_at as last_activity_at,
        order_id,
        ordered_at as converted_at,
        gross_revenue - discount_amount as amount,
        currency_code
    from shopify_orders
),

carts as (
    select
        unioned.company_id,
        unioned.cart_id,
        unioned.customer_id,
        unioned.source_slug,
        unioned.created_at,
        (unioned.created_at at time zone companies.time_zone)::date
            as created_date,
        unioned.last_activity_at,
        unioned.order_id,
        unioned.converted_at,
        -- As in orders, what cannot be is no amount.
        case when abs(unioned.amount) < 1e13 then unioned.amount end
        ::numeric(18, 2) as amount,
        coalesce(unioned.currency_code, companies.currency_code)
            as currency_code
    from unioned
    inner join companies
        on unioned.company_id = companies.company_id
)

select * from carts
