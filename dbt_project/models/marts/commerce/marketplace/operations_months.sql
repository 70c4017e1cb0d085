with months as (
    select * from {{ ref('company_months') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        orders.company_id,
        orders.order_id,
        orders.order_date,
        date_trunc('month', orders.order_date)::date as month_start_date,
        orders.status,
        orders.paid_at,
        orders.completed_at,
        date_trunc(
            'month', orders.completed_at at time zone companies.time_zone
        )::date as completed_month_start_date
    from {{ ref('orders') }} as orders
    inner join companies
        on orders.company_id = companies.company_id
    where {{ is_in_scope('orders.company_id') }}
),

ratings as (
    select
        company_id,
        order_id,
        rated_date,
        date_trunc('month', rated_date)::date as month_start_date,
        score
    from {{ ref('ratings') }}
    where {{ is_in_scope() }}
),

first_ratings as (
    select
        company_id,
        order_id,
        min(rated_date) as rated_date
    from ratings
    group by company_id, order_id
),

placed as (
    select
        months.company_id,
        months.month_start_date,
        count(*) as order_count,
        count(*) filter (where orders.status = 'cancelled') as cancelled_count
    from months
    inner join orders
        on
            months.company_id = orders.company_id
            and months.month_start_date = orders.month_start_date
            and months.through_date >= orders.order_date
    where orders.status in ('paid', 'completed', 'cancelled')
    group by months.company_id, months.month_start_date
),

completed as (
    select
        months.company_id,
        months.month_start_date,
        case
            when orders.completed_at >= orders.paid_at
                then extract(epoch from orders.completed_at - orders.paid_at)
        end as cycle_seconds,
        coalesce(first_ratings.rated_date <= months.through_date, false)
            as is_rated
    from months
    inner join orders
        on
            months.company_id = orders.company_id
            and months.month_start_date = orders.completed_month_start_date
            and months.closed_at > orders.completed_at
    left join first_ratings
        on
            orders.company_id = first_ratings.company_id
            and orders.order_id = first_ratings.order_id
    where orders.status not in ('cancelled', 'test', 'deleted')
),

cycles as (
    select
        company_id,
        month_start_date,
        count(*) as completed_count,
        count(*) filter (where is_rated) as rated_count,
        count(cycle_seconds) as cycle_count,
        -- Of exact numbers: a mean of floats depends on their order.
        avg(cycle_seconds)::double precision / 3600 as cycle_hours_average,
        percentile_cont(array[0.5, 0.9]) within group (
            order by cycle_seconds::double precision / 3600
        ) as cycle_hours_percentiles
    from completed
    group by company_id, month_start_date
),

scores as (
    select
        months.company_id,
        months.month_start_date,
        count(*) as rating_count,
        avg(ratings.score)::double precision as rating_average,
        percentile_cont(0.5) within group (order by ratings.score)
            as rating_median
    from months
    inner join ratings
        on
            months.company_id = ratings.company_id
            and months.month_start_date = ratings.month_start_date
            and months.through_date >= ratings.rated_date
    group by months.company_id, months.month_start_date
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        coalesce(placed.order_count, 0)::integer as order_count,
        coalesce(placed.cancelled_count, 0)::integer as cancelled_order_count,
        coalesce(cycles.completed_count, 0)::integer as completed_order_count,
        coalesce(cycles.rated_count, 0)::integer as rated_order_count,
        coalesce(cycles.cycle_count, 0)::integer as cycle_count,
        cycles.cycle_hours_average,
        cycles.cycle_hours_percentiles[1] as cycle_hours_median,
        cycles.cycle_hours_percentiles[2] as cycle_hours_p90,
        coalesce(scores.rating_count, 0)::integer as rating_count,
        scores.rating_average,
        scores.rating_median
    from months
    left join placed
        on
            months.company_id = placed.company_id
            and months.month_start_date = placed.month_start_date
    left join cycles
        on
            months.company_id = cycles.company_id
            and months.month_start_date = cycles.month_start_date
    left join scores
        on
            months.company_id = scores.company_id
            and months.month_start_date = scores.month_start_date
)

select * from joined
