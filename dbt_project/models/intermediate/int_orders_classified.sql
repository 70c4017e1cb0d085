with orders as (
    select * from {{ ref('int_orders_deduplicated') }}
),

companies as (
    select
        company_id,
        currency_code,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

-- Cents first: what is rounded apart must still add up.
rounded as (
    select
        company_id,
        order_id,
        source_slug,
        source_order_id,
        round(gross_revenue, 2) as gross_revenue,
        round(discount_amount, 2) as discount_amount,
        round(refund_amount, 2) as refund_amount,
        customer_id,
        currency_code,
        ordered_at,
        is_date_only,
        is_recognised,
        is_cancelled,
        is_refunded,
        is_test,
        is_deleted,
        file_name,
        line_number,
        loaded_at
    from orders
),

netted as (
    select
        rounded.*,
        rounded.gross_revenue
        - rounded.discount_amount
        - rounded.refund_amount as net_revenue,
        -- A day without a time is midnight in the company's zone, or in UTC
        -- when the file was read without one.
        case
            when
                rounded.is_date_only
                and rounded.ordered_at
                = date_trunc('day', rounded.ordered_at, 'UTC')
                then (rounded.ordered_at at time zone 'UTC')::date
            else (rounded.ordered_at at time zone companies.time_zone)::date
        end as order_date,
        companies.currency_code as company_currency_code
    from rounded
    inner join companies
        on rounded.company_id = companies.company_id
),

classified as (
    select
        company_id,
        order_id,
        source_slug,
        source_order_id,
        customer_id,
        ordered_at,
        order_date,
        currency_code,
        gross_revenue::numeric(18, 2) as gross_revenue,
        discount_amount::numeric(18, 2) as discount_amount,
        refund_amount::numeric(18, 2) as refund_amount,
        net_revenue::numeric(18, 2) as net_revenue,
        is_recognised,
        case
            when is_deleted then 'deleted_at_source'
            when is_test then 'test_order'
            when is_cancelled then 'cancelled'
            when not is_recognised then 'not_recognised'
            when
                is_refunded or (refund_amount > 0 and net_revenue <= 0)
                then 'fully_refunded'
            when currency_code <> company_currency_code then 'other_currency'
            when customer_id is null then 'no_customer'
        end as exclusion_reason,
        file_name,
        line_number,
        loaded_at
    from netted
)

select * from classified
