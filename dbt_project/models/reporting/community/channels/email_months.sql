with months as (
    select * from {{ ref('email_delivery_months') }}
),

named as (
    select
        company_id,
        month_start_date,
        is_complete,
        sent_count as email_sent_count,
        delivered_count as email_delivered_count,
        delivery_ratio as email_delivery_ratio
    from months
)

select * from named
