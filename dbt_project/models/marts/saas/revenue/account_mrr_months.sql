with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

periods as (
    select
        periods.*,
        least(periods.to_date, companies.as_of_date + 1) as until_date,
        date_trunc('month', companies.as_of_date + 1)::date as open_month
    from {{ ref('account_mrr_periods') }} as periods
    inner join companies
        on periods.company_id = companies.company_id
    where {{ is_in_scope('periods.company_id') }}
),

-- The months whose last day is in the period.
held as (
    select
        periods.company_id,
        periods.account_id,
        calendar.month_start_at::date as month_start_date,
        periods.mrr_amount,
        periods.first_date,
        periods.open_month
    from periods
    cross join
        lateral generate_series(
            date_trunc('month', periods.from_date::timestamp),
            periods.until_date::timestamp - interval '1 month',
            interval '1 month'
        ) as calendar (month_start_at)
    where periods.mrr_amount > 0
),

sides as (
    select
        company_id,
        account_id,
        month_start_date,
        0 as start_mrr,
        mrr_amount as end_mrr,
        0 as fx_amount,
        first_date
    from held
    union all
    select
        company_id,
        account_id,
        (month_start_date + interval '1 month')::date as month_start_date,
        mrr_amount as start_mrr,
        0 as end_mrr,
        0 as fx_amount,
        first_date
    from held
    where month_start_date + interval '1 month' < open_month
    union all
    -- Who was there for some days only is a row too.
    select
        company_id,
        account_id,
        date_trunc('month', from_date)::date as month_start_date,
        0 as start_mrr,
        0 as end_mrr,
        fx_amount,
        first_date
    from periods
    where
        (mrr_amount > 0 or fx_amount <> 0)
        and date_trunc('month', from_date) < open_month
),

summed as (
    select
        company_id,
        account_id,
        month_start_date,
        sum(start_mrr)::numeric(18, 2) as start_mrr,
        sum(end_mrr)::numeric(18, 2) as end_mrr,
        case
            when sum(start_mrr) > 0 and sum(end_mrr) > 0 then sum(fx_amount)
            else 0
        end::numeric(18, 2) as fx_amount,
        date_trunc('month', min(first_date)) < month_start_date as was_customer
    from sides
    group by company_id, account_id, month_start_date
)

select * from summed
