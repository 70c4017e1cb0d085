with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

activities as (
    select
        company_id,
        min(order_date) as first_date
    from {{ ref('orders') }}
    where {{ is_in_scope() }}
    group by company_id
    union all
    select
        company_id,
        min(registered_date) as first_date
    from {{ ref('users') }}
    where {{ is_in_scope() }}
    group by company_id
    union all
    select
        company_id,
        min(created_date) as first_date
    from {{ ref('carts') }}
    where {{ is_in_scope() }}
    group by company_id
    union all
    select
        company_id,
        min(started_date) as first_date
    from {{ ref('sessions') }}
    where {{ is_in_scope() }}
    group by company_id
    union all
    select
        company_id,
        min(registered_date) as first_date
    from {{ ref('people') }}
    where {{ is_in_scope() }}
    group by company_id
),

beginnings as (
    select
        company_id,
        min(first_date) as first_date
    from activities
    group by company_id
),

-- Every month since the first, so that one in which nothing happened is there.
months as (
    select
        companies.company_id,
        companies.time_zone,
        companies.as_of_date,
        calendar.month_start_at::date as month_start_date,
        (calendar.month_start_at + interval '1 month')::date - 1
            as month_end_date
    from companies
    inner join beginnings
        on companies.company_id = beginnings.company_id
    cross join lateral generate_series(
        date_trunc('month', beginnings.first_date::timestamp),
        companies.as_of_date::timestamp,
        interval '1 month'
    ) as calendar (month_start_at)
),

counted as (
    select
        *,
        least(month_end_date, as_of_date) as through_date
    from months
),

closed as (
    select
        company_id,
        month_start_date,
        through_date,
        month_end_date <= as_of_date as is_complete,
        month_start_date::timestamp at time zone time_zone as opened_at,
        (through_date + 1)::timestamp at time zone time_zone as closed_at
    from counted
)

select * from closed
