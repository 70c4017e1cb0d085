with source as (
    select * from {{ source('ops', 'companies') }}
),

renamed as (
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

        counts_free_orders,

        shipping_cost_per_order,
        payment_fee_rate,
        payment_fee_per_order
    from source
)

select * from renamed
