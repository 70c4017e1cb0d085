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
)

select * from companies
