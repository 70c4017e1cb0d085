with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where {{ is_in_scope() }} and {{ is_changed('company_id') }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ is_in_scope() }} and {{ is_changed('company_id') }}
),

outliers as (
    select
        company_id,
        count(*) as outlier_order_count
    from {{ ref('outlier_orders') }}
    where {{ is_in_scope() }}
    group by company_id
),

counted as (
    select
        company_id,
        count(*) as order_count,
        count(*) filter (where source_slug <> 'files') as api_order_count,
        count(*) filter (where is_recognised) as recognised_order_count,
        count(*) filter (where is_purchase) as purchase_count,
        sum(net_revenue) filter (where is_purchase) as purchase_net_revenue,
        count(*) filter (
            where exclusion_reason = 'no_customer'
        ) as guest_order_count,
        sum(net_revenue) filter (
            where exclusion_reason = 'no_customer'
        ) as guest_net_revenue,
        count(*) filter (
            where exclusion_reason = 'missing_currency_rate'
        ) as missing_rate_order_count,
        count(*) filter (
            where exclusion_reason = 'not_recognised'
        ) as not_recognised_order_count,
        count(*) filter (
            where exclusion_reason = 'cancelled'
        ) as cancelled_order_count,
        count(*) filter (
            where exclusion_reason = 'fully_refunded'
        ) as fully_refunded_order_count,
        count(*) filter (
            where exclusion_reason = 'test_order'
        ) as test_order_count,
        count(*) filter (
            where exclusion_reason = 'deleted_at_source'
        ) as deleted_order_count,
        count(*) filter (
            where exclusion_reason = 'impossible_amount'
        ) as impossible_order_count,
        count(*) filter (
            where exclusion_reason = 'future_date'
        ) as future_order_count,
        count(*) filter (
            where exclusion_reason = 'credit_note'
        ) as credit_note_count,
        count(*) filter (
            where exclusion_reason = 'nothing_sold'
        ) as nothing_sold_order_count,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from orders
    group by company_id
),

totalled as (
    select
        companies.company_id,
        companies.currency_code,
        coalesce(counted.order_count, 0)::integer as order_count,
        coalesce(counted.api_order_count, 0)::integer as api_order_count,
        coalesce(counted.recognised_order_count, 0)::integer
            as recognised_order_count,
        coalesce(counted.purchase_count, 0)::integer as purchase_count,
        coalesce(counted.purchase_net_revenue, 0)::numeric(18, 2)
            as purchase_net_revenue,
        coalesce(counted.guest_order_count, 0)::integer as guest_order_count,
        coalesce(counted.guest_net_revenue, 0)::numeric(18, 2)
            as guest_net_revenue,
        coalesce(counted.missing_rate_order_count, 0)::integer
            as missing_rate_order_count,
        coalesce(counted.not_recognised_order_count, 0)::integer
            as not_recognised_order_count,
        coalesce(counted.cancelled_order_count, 0)::integer
            as cancelled_order_count,
        coalesce(counted.fully_refunded_order_count, 0)::integer
            as fully_refunded_order_count,
        coalesce(counted.test_order_count, 0)::integer as test_order_count,
        coalesce(counted.deleted_order_count, 0)::integer
            as deleted_order_count,
        coalesce(counted.impossible_order_count, 0)::integer
            as impossible_order_count,
        coalesce(counted.future_order_count, 0)::integer
            as future_order_count,
        coalesce(counted.credit_note_count, 0)::integer
            as credit_note_count,
        coalesce(counted.nothing_sold_order_count, 0)::integer
            as nothing_sold_order_count,
        coalesce(outliers.outlier_order_count, 0)::integer
            as outlier_order_count,
        counted.first_order_date,
        counted.last_order_date
    from companies
    left join counted
        on companies.company_id = counted.company_id
    left join outliers
        on companies.company_id = outliers.company_id
)

select * from totalled
