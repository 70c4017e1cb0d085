with standing as (
    select * from {{ ref('mrr_standing') }}
),

told as (
    select
        company_id,
        as_of_date,
        current_mrr,
        (current_mrr - mrr_month_before)::numeric(18, 2)
            as current_mrr_change
    from standing
)

select * from told
