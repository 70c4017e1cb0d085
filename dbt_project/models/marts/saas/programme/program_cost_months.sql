with costs as (
    select
        *,
        date_trunc('month', cost_month)::date as month_start_date
    from {{ ref('stg_files__program_costs') }}
    where {{ is_in_scope() }}
),

files as (
    select * from {{ ref('int_files_current') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        currency_code,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

rates as (
    select * from {{ ref('int_currency_rates_filled') }}
    where {{ is_in_scope() }}
),

ranked as (
    select
        costs.*,
        -- All rows of the file exported last: a month may have several costs.
        dense_rank() over (
            partition by
                costs.company_id, costs.month_start_date, costs.cost_kind
            order by files.exported_at desc, files.file_name desc
        ) as recency_rank
    from costs
    inner join files
        on
            costs.company_id = files.company_id
            and costs.file_sha256 = files.file_sha256
),

converted as (
    select
        ranked.company_id,
        ranked.month_start_date,
        ranked.cost_kind,
        companies.currency_code,
        -- Null where no rate of the day is known.
        ranked.cost_amount * case
            when
                coalesce(ranked.currency_code, companies.currency_code)
                = companies.currency_code
                then 1
            else rates.rate
        end as cost_amount
    from ranked
    inner join companies
        on
            ranked.company_id = companies.company_id
            and ranked.month_start_date <= companies.as_of_date
    left join rates
        on
            ranked.company_id = rates.company_id
            and ranked.currency_code = rates.currency_code
            and ranked.cost_month = rates.rate_date
    where ranked.recency_rank = 1
),

summed as (
    select
        company_id,
        month_start_date,
        cost_kind,
        currency_code,
        coalesce(sum(cost_amount), 0)::numeric(18, 2) as cost_amount,
        count(*) filter (where cost_amount is null)::integer
            as unpriced_cost_count
    from converted
    group by company_id, month_start_date, cost_kind, currency_code
)

select * from summed
