with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        orders.company_id,
        orders.order_date,
        companies.currency_code,
        orders.customer_id,
        orders.source_slug,
        orders.exclusion_reason,
        orders.is_recognised,
        orders.is_purchase,
        orders.gross_revenue,
        orders.discount_amount,
        orders.refund_amount,
        orders.net_revenue,
        -- Amounts in another currency are counted, never summed.
        orders.is_recognised
        and orders.currency_code = companies.currency_code as is_revenue
    from {{ ref('orders') }} as orders
    inner join companies
        on orders.company_id = companies.company_id
    where
        {{ is_in_scope('orders.company_id') }}
        and {{ is_changed('orders.order_date', 'orders.company_id') }}
),

new_customers as (
    select
        company_id,
        first_order_date,
        count(*) as new_customer_count
    from {{ ref('customers') }}
    where {{ is_in_scope() }} and {{ is_changed('first_order_date') }}
    group by company_id, first_order_date
),

counted as (
    select
        company_id,
        order_date,
        min(currency_code) as currency_code,
        count(*) as order_count,
        count(*) filter (where source_slug <> 'files') as api_order_count,
        count(*) filter (where is_recognised) as recognised_order_count,
        count(*) filter (where is_purchase) as purchase_count,
        count(distinct customer_id) filter (
            where is_purchase
        ) as customer_count,
        count(*) filter (
            where exclusion_reason = 'no_customer'
        ) as guest_order_count,
        count(*) filter (
            where exclusion_reason = 'missing_currency_rate'
        ) as unconverted_order_count,
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
        sum(gross_revenue) filter (where is_revenue) as gross_revenue,
        sum(discount_amount) filter (where is_revenue) as discount_amount,
        sum(refund_amount) filter (where is_revenue) as refund_amount,
        sum(net_revenue) filter (where is_revenue) as net_revenue,
        sum(net_revenue) filter (where is_purchase) as purchase_net_revenue,
        sum(net_revenue) filter (
            where exclusion_reason = 'no_customer'
        ) as guest_net_revenue
    from orders
    group by company_id, order_date
),

joined as (
    select
        counted.company_id,
        counted.order_date as calendar_date,
        counted.currency_code,
        counted.order_count::integer as order_count,
        counted.api_order_count::integer as api_order_count,
        counted.recognised_order_count::integer as recognised_order_count,
        counted.purchase_count::integer as purchase_count,
        counted.customer_count::integer as customer_count,
        coalesce(new_customers.new_customer_count, 0)::integer
            as new_customer_count,
        counted.guest_order_count::integer as guest_order_count,
        counted.unconverted_order_count::integer as unconverted_order_count,
        counted.not_recognised_order_count::integer
            as not_recognised_order_count,
        counted.cancelled_order_count::integer as cancelled_order_count,
        counted.fully_refunded_order_count::integer
            as fully_refunded_order_count,
        counted.test_order_count::integer as test_order_count,
        counted.deleted_order_count::integer as deleted_order_count,
        counted.impossible_order_count::integer as impossible_order_count,
        counted.future_order_count::integer as future_order_count,
        counted.credit_note_count::integer as credit_note_count,
        counted.nothing_sold_order_count::integer as nothing_sold_order_count,
        coalesce(counted.gross_revenue, 0)::numeric(18, 2) as gross_revenue,
        coalesce(counted.discount_amount, 0)::numeric(18, 2)
            as discount_amount,
        coalesce(counted.refund_amount, 0)::numeric(18, 2) as refund_amount,
        coalesce(counted.net_revenue, 0)::numeric(18, 2) as net_revenue,
        coalesce(counted.purchase_net_revenue, 0)::numeric(18, 2)
            as purchase_net_revenue,
        coalesce(counted.guest_net_revenue, 0)::numeric(18, 2)
            as guest_net_revenue
    from counted
    left join new_customers
        on
            counted.company_id = new_customers.company_id
            and counted.order_date = new_customers.first_order_date
)

select * from joined
