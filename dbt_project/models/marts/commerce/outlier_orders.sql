with purchases as (
    select
        company_id,
        order_id,
        customer_id,
        order_date,
        net_revenue,
        -- Double precision: the logarithm of a numeric is many times slower.
        ln(net_revenue::double precision) as log_revenue
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('company_id') }}
        and is_purchase
        and net_revenue > 0
),

medians as (
    select
        company_id,
        percentile_cont(0.5) within group (order by log_revenue) as log_median
    from purchases
    group by company_id
),

-- Median absolute deviation; times 1.4826 it estimates a standard deviation.
spreads as (
    select
        purchases.company_id,
        medians.log_median,
        1.4826 * percentile_cont(0.5) within group (
            order by abs(purchases.log_revenue - medians.log_median)
        ) as log_spread
    from purchases
    inner join medians
        on purchases.company_id = medians.company_id
    group by purchases.company_id, medians.log_median
),

flagged as (
    select
        purchases.company_id,
        purchases.order_id,
        purchases.customer_id,
        purchases.order_date,
        purchases.net_revenue
    from purchases
    inner join spreads
        on purchases.company_id = spreads.company_id
    where
        -- No spread, no scale to measure by: nothing is flagged.
        abs(purchases.log_revenue - spreads.log_median)
        > {{ var('outlier_threshold') }} * nullif(spreads.log_spread, 0)
)

select * from flagged
