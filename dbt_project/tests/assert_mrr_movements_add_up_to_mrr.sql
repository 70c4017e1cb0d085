-- Each cent of MRR came by a movement of its account: they add up to what is
-- there.
with periods as (
    select
        company_id,
        account_id,
        mrr_amount
    from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and to_date is null
),

movements as (
    select
        company_id,
        account_id,
        sum(mrr_change) as mrr_amount
    from {{ ref('mrr_movements') }}
    where {{ is_in_scope() }}
    group by company_id, account_id
),

compared as (
    select
        periods.company_id,
        periods.account_id,
        periods.mrr_amount,
        coalesce(movements.mrr_amount, 0) as moved_amount
    from periods
    left join movements
        on
            periods.company_id = movements.company_id
            and periods.account_id = movements.account_id
)

select * from compared
where mrr_amount <> moved_amount
