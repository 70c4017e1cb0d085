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
        {{ kpi_rate('onboarding_rate', 'acquisition') }}
            as onboarding_rate,
        acquisition.rut_verified_user_count,
        {{ kpi_rate('rut_validation_rate', 'acquisition') }}
            as rut_validation_rate,
        acquisition.new_customer_count,
        engagement.cart_count,
        engagement.abandoned_cart_count,
        {{ kpi_rate('cart_abandonment_rate', 'engagement') }}
            as cart_abandonment_rate,
        engagement.purchase_count,
        engagement.net_revenue,
        {{ kpi_rate('average_order_value', 'engagement') }}
            as average_order_value,
        operations.order_count,
        operations.cancelled_order_count,
        {{ kpi_rate('cancellation_rate', 'operations') }}
            as cancellation_rate,
        operations.completed_order_count,
        operations.cycle_count,
        operations.cycle_hours_average,
        operations.cycle_hours_median,
        operations.cycle_hours_p90,
        operations.rating_count,
        operations.rating_average,
        operations.rating_median,
        {{ kpi_rate('rating_response_rate', 'operations') }}
            as rating_response_rate,
        retention.customer_count,
        retention.repeat_customer_count,
        {{ kpi_rate('repurchase_rate', 'retention') }}
            as repurchase_rate,
        {{ kpi_rate('historic_value_per_customer', 'retention') }}
            as historic_value_per_customer,
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
