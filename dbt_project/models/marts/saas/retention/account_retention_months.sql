with accounts as (
    select
        company_id,
        account_id,
        month_start_date
    from {{ ref('account_mrr_months') }}
    where {{ is_in_scope() }} and end_mrr > 0
),

months as (
    select
        company_id,
        month_start_date
    from {{ ref('saas_months') }}
    where {{ is_in_scope() }}
),

begun as (
    select
        company_id,
        account_id,
        min(month_start_date) as first_month
    from accounts
    group by company_id, account_id
),

-- Of twelve months of beginners, all of them as old at the month's end.
aged as (
    select
        months.company_id,
        months.month_start_date,
        ages.month_number,
        accounts.account_id is not null as is_kept
    from months
    cross join unnest(array[1, 3, 6]) as ages (month_number)
    inner join begun
        on
            months.company_id = begun.company_id
            and begun.first_month <= (
                months.month_start_date
                - make_interval(months => ages.month_number)
            )
            and begun.first_month > (
                months.month_start_date
                - make_interval(months => ages.month_number + 12)
            )
    left join accounts
        on
            begun.company_id = accounts.company_id
            and begun.account_id = accounts.account_id
            and accounts.month_start_date = (
                begun.first_month + make_interval(months => ages.month_number)
            )
),

counted as (
    select
        company_id,
        month_start_date,
        count(*) filter (where month_number = 1)::integer as m1_begun_count,
        count(*) filter (where month_number = 1 and is_kept)::integer
            as m1_kept_count,
        count(*) filter (where month_number = 3)::integer as m3_begun_count,
        count(*) filter (where month_number = 3 and is_kept)::integer
            as m3_kept_count,
        count(*) filter (where month_number = 6)::integer as m6_begun_count,
        count(*) filter (where month_number = 6 and is_kept)::integer
            as m6_kept_count
    from aged
    group by company_id, month_start_date
),

rated as (
    select
        *,
        {{ rate_of_many('m1_kept_count', 'm1_begun_count', 'm1_begun_count') }}
            as retention_m1_ratio,
        {{ rate_of_many('m3_kept_count', 'm3_begun_count', 'm3_begun_count') }}
            as retention_m3_ratio,
        {{ rate_of_many('m6_kept_count', 'm6_begun_count', 'm6_begun_count') }}
            as retention_m6_ratio
    from counted
)

select * from rated
