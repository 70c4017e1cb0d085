with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

versions as (
    select
        company_id,
        account_id,
        currency_code,
        monthly_amount,
        from_date,
        until_date
    from {{ ref('subscription_versions') }}
    where
        {{ is_in_scope() }}
        and left_out_reason is null
        and (until_date is null or until_date > from_date)
),

rates as (
    select * from {{ ref('int_month_end_rates') }}
    where {{ is_in_scope() }}
),

valued as (
    select
        versions.*,
        rates.from_date as rate_from_date,
        rates.to_date as rate_to_date,
        round(versions.monthly_amount * rates.rate, 2) as amount,
        round(versions.monthly_amount * rates.next_rate, 2) as next_amount
    from versions
    inner join rates
        on
            versions.company_id = rates.company_id
            and versions.currency_code = rates.currency_code
),

-- A change counts by the rate of the month end before it. On a month's last day
-- what is there is valued anew.
stepped as (
    select
        company_id,
        account_id,
        from_date as step_date,
        amount as own_amount,
        0 as fx_amount
    from valued
    where
        from_date >= rate_from_date
        and (rate_to_date is null or from_date < rate_to_date)
    union all
    select
        company_id,
        account_id,
        until_date as step_date,
        -amount as own_amount,
        0 as fx_amount
    from valued
    where
        until_date >= rate_from_date
        and (rate_to_date is null or until_date < rate_to_date)
    union all
    select
        company_id,
        account_id,
        rate_to_date - 1 as step_date,
        0 as own_amount,
        next_amount - amount as fx_amount
    from valued
    where
        rate_to_date > from_date
        and (until_date is null or rate_to_date <= until_date)
),

summed as (
    select
        stepped.company_id,
        stepped.account_id,
        stepped.step_date,
        sum(stepped.own_amount)::numeric(18, 2) as own_amount,
        sum(stepped.fx_amount)::numeric(18, 2) as fx_amount
    from stepped
    inner join companies
        on
            stepped.company_id = companies.company_id
            and stepped.step_date <= companies.as_of_date
    group by stepped.company_id, stepped.account_id, stepped.step_date
)

select * from summed
