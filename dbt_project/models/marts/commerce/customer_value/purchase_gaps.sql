{%- set counted_purchases = 10 -%}
with purchase_days as (
    select distinct
        company_id,
        customer_id,
        order_date
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase
),

numbered as (
    select
        company_id,
        customer_id,
        row_number() over (
            partition by company_id, customer_id order by order_date
        )::integer as purchase_number,
        lead(order_date) over (
            partition by company_id, customer_id order by order_date
        ) - order_date as days_to_next
    from purchase_days
),

-- Who has not come back is in no percentile, and is counted.
summed as (
    select
        company_id,
        purchase_number,
        {%- for name, share in (
            ('quarter_days', 0.25),
            ('median_days', 0.5),
            ('three_quarter_days', 0.75),
        ) %}
            percentile_cont({{ share }}) within group (
                order by days_to_next
            )::double precision as {{ name }},
        {%- endfor %}
        count(*)::integer as customer_count,
        count(days_to_next)::integer as returned_count
    from numbered
    where purchase_number <= {{ counted_purchases }}
    group by company_id, purchase_number
)

select * from summed
