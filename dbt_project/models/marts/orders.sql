with orders as (
    select
        *,
        exclusion_reason is null as is_purchase,
        -- Double precision: the logarithm of a numeric is many times slower.
        case
            when exclusion_reason is null and net_revenue > 0
                then ln(net_revenue::double precision)
        end as log_revenue
    from {{ ref('int_orders_classified') }}
    where {{ is_in_scope() }}
),

medians as (
    select
        company_id,
        percentile_cont(0.5) within group (order by log_revenue) as log_median
    from orders
    group by company_id
),

-- Median absolute deviation; times 1.4826 it estimates a standard deviation.
spreads as (
    select
        orders.company_id,
        medians.log_median,
        1.4826 * percentile_cont(0.5) within group (
            order by abs(orders.log_revenue - medians.log_median)
        ) as log_spread
    from orders
    inner join medians
        on orders.company_id = medians.company_id
    group by orders.company_id, medians.log_median
),

flagged as (
    select
        orders.company_id,
        orders.order_id,
        orders.source_slug,
        orders.source_contract,
        orders.source_order_id,
        orders.customer_id,
        orders.ordered_at,
        orders.order_date,
        orders.currency_code,
        orders.gross_revenue,
        orders.discount_amount,
        orders.refund_amount,
        orders.excluded_amount,
        orders.net_revenue,
        orders.tax_amount,
        orders.shipping_amount,
        orders.original_currency_code,
        orders.original_gross_revenue,
        orders.original_net_revenue,
        orders.currency_rate,
        orders.status,
        orders.is_recognised,
        orders.is_purchase,
        orders.exclusion_reason,
        -- No spread, no scale to measure by: nothing is flagged.
        coalesce(
            abs(orders.log_revenue - spreads.log_median)
            > {{ var('outlier_threshold') }} * nullif(spreads.log_spread, 0),
            false
        ) as is_outlier,
        orders.paid_at,
        orders.completed_at,
        orders.cancelled_at,
        orders.payment_method,
        orders.channel_id,
        orders.campaign_name,
        orders.region_code,
        orders.comuna_code,
        orders.file_name,
        orders.line_number,
        orders.loaded_at
    from orders
    inner join spreads
        on orders.company_id = spreads.company_id
)

select * from flagged
