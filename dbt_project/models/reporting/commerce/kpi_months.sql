with months as (
    select * from {{ ref('company_months') }}
),

acquisition as (
    select * from {{ ref('acquisition_months') }}
),

engagement as (
    select * from {{ ref('engagement_months') }}
),

operations as (
    select * from {{ ref('operations_months') }}
),

retention as (
    select * from {{ ref('retention_months') }}
),

rated as (
    select
        months.company_id,
        months.month_start_date,
        months.through_date,
        months.is_complete,
        engagement.currency_code,
        acquisition.new_user_count,
        acquisition.onboarded_user_count,
        acquisition.onboarded_user_count::double precision
        / nullif(acquisition.new_user_count, 0) as onboarding_rate,
        acquisition.rut_verified_user_count,
        acquisition.rut_verified_user_count::double precision
        / nullif(acquisition.new_user_count, 0) as rut_validation_rate,
        acquisition.new_customer_count,
        engagement.cart_count,
        engagement.abandoned_cart_count,
        engagement.abandoned_cart_count::double precision
        / nullif(engagement.cart_count, 0) as cart_abandonment_rate,
        engagement.purchase_count,
        engagement.net_revenue,
        (engagement.net_revenue / nullif(engagement.purchase_count, 0))
        ::numeric(18, 2) as average_order_value,
        operations.order_count,
        operations.cancelled_order_count,
        operations.cancelled_order_count::double precision
        / nullif(operations.order_count, 0) as cancellation_rate,
        operations.completed_order_count,
        operations.cycle_count,
        operations.cycle_hours_average,
        operations.cycle_hours_median,
        operations.cycle_hours_p90,
        operations.rating_count,
        operations.rating_average,
        operations.rating_median,
        operations.rated_order_count::double precision
        / nullif(operations.completed_order_count, 0) as rating_response_rate,
        retention.customer_count,
        retention.repeat_customer_count,
        retention.repeat_customer_count::double precision
        / nullif(retention.customer_count, 0) as repurchase_rate,
        (
            retention.historic_net_revenue
            / nullif(retention.customer_count, 0)
        )::numeric(18, 2) as historic_value_per_customer,
        retention.monthly_active_user_count
    from months
    inner join acquisition
        on
            months.company_id = acquisition.company_id
            and months.month_start_date = acquisition.month_start_date
    inner join engagement
        on
            months.company_id = engagement.company_id
            and months.month_start_date = engagement.month_start_date
    inner join operations
        on
            months.company_id = operations.company_id
            and months.month_start_date = operations.month_start_date
    inner join retention
        on
            months.company_id = retention.company_id
            and months.month_start_date = retention.month_start_date
)

select * from rated
