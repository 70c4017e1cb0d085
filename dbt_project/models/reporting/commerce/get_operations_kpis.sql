with companies as (
    select
        company_id,
        {{ argument('start_date') }}::timestamp at time zone time_zone
            as opened_at,
        ({{ argument('end_date') }} + 1)::timestamp at time zone time_zone
            as closed_at
    from {{ ref('companies') }}
    where
        company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }} <= {{ argument('end_date') }}
),

placed as (
    select
        company_id,
        count(*) filter (
            where status in ('paid', 'completed', 'cancelled')
        ) as order_count,
        count(*) filter (where status = 'cancelled') as cancelled_count
    from {{ ref('orders') }}
    where
        company_id = {{ argument('company_id') }}
        and order_date between {{ argument('start_date') }}
        and {{ argument('end_date') }}
    group by company_id
),

rated_orders as (
    select
        company_id,
        order_id
    from {{ ref('ratings') }}
    where
        company_id = {{ argument('company_id') }}
        and rated_date <= {{ argument('end_date') }}
    group by company_id, order_id
),

completed as (
    select
        orders.company_id,
        case
            when orders.completed_at >= orders.paid_at
                then extract(
                    epoch from orders.completed_at - orders.paid_at
                )::double precision / 3600
        end as cycle_hours,
        rated_orders.order_id is not null as is_rated
    from {{ ref('orders') }} as orders
    inner join companies
        on
            orders.company_id = companies.company_id
            and orders.completed_at >= companies.opened_at
            and orders.completed_at < companies.closed_at
    left join rated_orders
        on
            orders.company_id = rated_orders.company_id
            and orders.order_id = rated_orders.order_id
    where
        orders.company_id = {{ argument('company_id') }}
        and orders.status not in ('cancelled', 'test', 'deleted')
),

cycles as (
    select
        company_id,
        count(*) as completed_count,
        count(*) filter (where is_rated) as rated_count,
        count(cycle_hours) as cycle_count,
        avg(cycle_hours) as cycle_hours_average,
        -- Together, so that they are sorted once.
        percentile_cont(array[0.5, 0.9]) within group (order by cycle_hours)
            as cycle_hours_percentiles
    from completed
    group by company_id
),

ratings as (
    select
        company_id,
        count(*) as rating_count,
        avg(score)::double precision as rating_average,
        percentile_cont(0.5) within group (order by score) as rating_median
    from {{ ref('ratings') }}
    where
        company_id = {{ argument('company_id') }}
        and rated_date between {{ argument('start_date') }}
        and {{ argument('end_date') }}
    group by company_id
),

counts as (
    select
        companies.company_id,
        coalesce(placed.order_count, 0)::integer as order_count,
        coalesce(placed.cancelled_count, 0)::integer as cancelled_order_count,
        coalesce(cycles.completed_count, 0)::integer as completed_order_count,
        coalesce(cycles.cycle_count, 0)::integer as cycle_count,
        cycles.cycle_hours_average,
        cycles.cycle_hours_percentiles[1] as cycle_hours_median,
        cycles.cycle_hours_percentiles[2] as cycle_hours_p90,
        coalesce(ratings.rating_count, 0)::integer as rating_count,
        ratings.rating_average,
        ratings.rating_median,
        coalesce(cycles.rated_count, 0)::integer as rated_order_count
    from companies
    left join placed
        on companies.company_id = placed.company_id
    left join cycles
        on companies.company_id = cycles.company_id
    left join ratings
        on companies.company_id = ratings.company_id
),

rated as (
    select
        *,
        {{ kpi_rate('cancellation_rate', 'counts') }}
            as cancellation_rate,
        {{ kpi_rate('rating_response_rate', 'counts') }}
            as rating_response_rate
    from counts
)

select * from rated
