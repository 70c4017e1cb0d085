with months as (
    select
        *,
        {{ mrr_movement('start_mrr', 'end_mrr', 'fx_amount', 'was_customer') }}
            as movement
    from {{ ref('account_mrr_months') }}
    where {{ is_in_scope() }}
),

stops as (
    select
        company_id,
        account_id,
        date_trunc('month', movement_date)::date as month_start_date,
        end_kind,
        row_number() over (
            partition by
                company_id, account_id, date_trunc('month', movement_date)
            order by movement_date desc
        ) as recency_rank
    from {{ ref('mrr_movements') }}
    where {{ is_in_scope() }} and movement = 'churn'
),

explained as (
    select
        months.company_id,
        months.account_id,
        months.month_start_date,
        months.start_mrr,
        months.end_mrr,
        months.fx_amount,
        (months.end_mrr - months.start_mrr - months.fx_amount)::numeric(18, 2)
            as mrr_change,
        months.movement,
        case when months.movement = 'churn' then stops.end_kind end as end_kind,
        months.start_mrr = 0 and months.end_mrr = 0 as is_joined_and_left,
        months.was_customer
    from months
    left join stops
        on
            months.company_id = stops.company_id
            and months.account_id = stops.account_id
            and months.month_start_date = stops.month_start_date
            and stops.recency_rank = 1
)

select * from explained
