with companies as (
    select
        company_id,
        name,
        currency_code,
        time_zone,
        cart_idle_hours,
        inactivity_days,
        at_risk_threshold,
        critical_threshold,
        gross_margin_rate,
        revenue_includes_tax,
        revenue_includes_shipping,
        created_at,
        counts_free_orders
    from {{ ref('stg_ops__companies') }}
    where {{ is_in_scope() }}
),

shops as (
    select * from {{ ref('stg_ops__shopify_shops') }}
    where {{ is_in_scope() }}
),

-- Of two shops nobody knows whose a customer is; one that is asked elsewhere
-- has its admin elsewhere, too.
joined as (
    select
        companies.*,
        'https://admin.shopify.com/store/' || shops.shop_name || '/customers/'
            as customers_url
    from companies
    left join shops
        on
            companies.company_id = shops.company_id
            and shops.shop_name ~ '^[a-z0-9][a-z0-9-]*$'
            and shops.api_url is null
            and not exists (
                select 1 from shops as other_shops
                where
                    other_shops.company_id = shops.company_id
                    and other_shops.connection_id <> shops.connection_id
            )
)

select * from joined
