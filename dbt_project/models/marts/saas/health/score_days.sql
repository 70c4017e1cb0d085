with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

paying as (
    select distinct company_id
    from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }}
),

-- 65 weeks hold a year whose windows of 90 days are over.
days as (
    select
        companies.company_id,
        companies.as_of_date,
        companies.as_of_date
        - extract(dow from companies.as_of_date)::integer
        - 7 * weeks.week_number as scored_on
    from companies
    cross join generate_series(0, 64) as weeks (week_number)
    union all
    select
        companies.company_id,
        companies.as_of_date,
        companies.as_of_date as scored_on
    from companies
    where extract(dow from companies.as_of_date) <> 0
),

told as (
    select
        days.company_id,
        days.scored_on,
        date_trunc('month', days.scored_on)::date as month_start_date,
        extract(dow from days.scored_on) = 0 as is_sunday,
        days.scored_on = days.as_of_date as is_now
    from days
    inner join paying
        on days.company_id = paying.company_id
)

select * from told
