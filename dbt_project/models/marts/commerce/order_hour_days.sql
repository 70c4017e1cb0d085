with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        company_id,
        order_date,
        ordered_at,
        status,
        source_contract
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and status in ('paid', 'completed', 'cancelled')
),

-- A purchase log may tell days only: read as midnight, which nobody means.
timed as (
    select
        orders.company_id,
        orders.order_date,
        orders.status,
        case
            when
                orders.source_contract = 'purchases'
                and orders.ordered_at in (
                    date_trunc('day', orders.ordered_at, 'UTC'),
                    date_trunc('day', orders.ordered_at, companies.time_zone)
                )
                then -1
            else
                extract(
                    hour from orders.ordered_at at time zone companies.time_zone
                )::integer
        end as hour_of_day
    from orders
    inner join companies
        on orders.company_id = companies.company_id
),

counted as (
    select
        company_id,
        order_date as calendar_date,
        hour_of_day,
        count(*)::integer as order_count,
        (count(*) filter (where status = 'cancelled'))::integer
            as cancelled_order_count
    from timed
    group by company_id, order_date, hour_of_day
)

select * from counted
