with steps as (
    select * from {{ ref('mrr_steps') }}
    where {{ is_in_scope() }}
),

added as (
    select
        *,
        sum(own_amount + fx_amount) over (
            partition by company_id, account_id order by step_date
        ) as mrr_amount,
        lead(step_date) over (
            partition by company_id, account_id order by step_date
        ) as to_date
    from steps
),

compared as (
    select
        *,
        mrr_amount - own_amount - fx_amount as mrr_before,
        min(step_date) filter (where mrr_amount > 0) over (
            partition by company_id, account_id
        ) as first_date
    from added
),

periods as (
    select
        company_id,
        account_id,
        step_date as from_date,
        to_date,
        mrr_before::numeric(18, 2) as mrr_before,
        mrr_amount::numeric(18, 2) as mrr_amount,
        -- Who was not there has nothing to be valued anew.
        case
            when mrr_before > 0 and mrr_amount > 0 then fx_amount
            else 0
        end::numeric(18, 2) as fx_amount,
        first_date
    from compared
)

select * from periods
