with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

accounts as (
    select * from {{ ref('accounts') }}
    where {{ is_in_scope() }}
),

periods as (
    select * from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }}
),

standing as (
    select
        periods.company_id,
        periods.account_id,
        max(periods.mrr_amount) filter (
            where coalesce(periods.to_date > companies.as_of_date, true)
        ) as mrr_amount,
        max(periods.from_date) filter (
            where periods.mrr_before <= 0 and periods.mrr_amount > 0
        ) as since_date,
        companies.as_of_date
    from periods
    inner join companies
        on
            periods.company_id = companies.company_id
            and periods.from_date <= companies.as_of_date
    group by periods.company_id, periods.account_id, companies.as_of_date
),

told as (
    select
        standing.company_id,
        standing.account_id,
        coalesce(accounts.account_name, standing.account_id) as account_name,
        accounts.cs_manager,
        standing.mrr_amount::numeric(18, 2) as mrr_amount,
        standing.since_date,
        standing.as_of_date
    from standing
    left join accounts
        on
            standing.company_id = accounts.company_id
            and standing.account_id = accounts.account_id
    where standing.mrr_amount > 0
)

select * from told
