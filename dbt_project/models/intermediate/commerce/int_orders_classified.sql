with orders as (
    select * from {{ ref('int_orders_converted') }}
),

companies as (
    select
        company_id,
        revenue_includes_tax,
        revenue_includes_shipping,
        counts_free_orders
    from {{ ref('stg_ops__companies') }}
),

-- What is paid back holds its part of the taxes and of the shipping: only the
-- rest of them is still in the order, to be taken out. A ledger says which.
excluded as (
    select
        orders.*,
        companies.counts_free_orders,
        case
            when companies.revenue_includes_tax then 0
            else coalesce(
                orders.kept_tax_amount,
                {{ part_not_refunded(
                    'orders', 'tax_amount', 'orders.refund_amount'
                ) }}
            )
        end
        + case
            when companies.revenue_includes_shipping then 0
            else coalesce(
                orders.kept_shipping_amount,
                {{ part_not_refunded(
                    'orders', 'shipping_amount', 'orders.refund_amount'
                ) }}
            )
        end as excluded_amount
    from orders
    inner join companies
        on orders.company_id = companies.company_id
),

netted as (
    select
        *,
        gross_revenue
        - discount_amount
        - refund_amount
        - excluded_amount as net_revenue
    from excluded
),

classified as (
    select
        company_id,
        order_id,
        source_slug,
        source_contract,
        source_order_id,
        customer_id,
        ordered_at,
        order_date,
        currency_code,
        gross_revenue,
        discount_amount,
        refund_amount,
        excluded_amount::numeric(18, 2) as excluded_amount,
        net_revenue::numeric(18, 2) as net_revenue,
        tax_amount,
        shipping_amount,
        is_tax_told,
        payment_fee,
        original_currency_code,
        original_gross_revenue,
        original_net_revenue,
        currency_rate,
        case
            when is_deleted then 'deleted'
            when is_test then 'test'
            when is_cancelled then 'cancelled'
            when not is_recognised then 'pending'
            when is_completed then 'completed'
            else 'paid'
        end as status,
        is_recognised,
        case
            when is_deleted then 'deleted_at_source'
            when is_test then 'test_order'
            when is_cancelled then 'cancelled'
            when is_impossible then 'impossible_amount'
            when is_future then 'future_date'
            when not is_recognised then 'not_recognised'
            when is_refunded then 'fully_refunded'
            -- Before amounts are compared: those of such an order may be in
            -- unlike currencies.
            when currency_rate is null then 'missing_currency_rate'
            when refund_amount > 0 and gross_revenue = 0 then 'credit_note'
            when refund_amount > 0 and net_revenue <= 0 then 'fully_refunded'
            -- What a marketplace gives away is a service all the same.
            when
                gross_revenue = 0
                and not counts_free_orders
                and source_contract <> 'marketplace'
                then 'nothing_sold'
            when customer_id is null then 'no_customer'
        end as exclusion_reason,
        paid_at,
        completed_at,
        cancelled_at,
        payment_method,
        channel_id,
        campaign_name,
        region_code,
        comuna_code,
        file_name,
        line_number,
        loaded_at
    from netted
)

select * from classified
