-- A cart is judged when the range ends, or now if that is earlier: until it has
-- been idle for so long as the company's setting says, it is not lost.
with companies as (
    select
        company_id,
        cart_idle_hours * interval '1 hour' as idle_time,
        least(
            ({{ argument('end_date') }} + 1)::timestamp
            at time zone time_zone,
            now()
        ) as judged_at
    from {{ ref('companies') }}
    where
        company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }}
        <= {{ argument('end_date') }}
),

carts as (
    select
        carts.company_id,
        carts.order_id is not null
        and coalesce(carts.converted_at < companies.judged_at, true)
            as is_converted,
        carts.last_activity_at <= companies.judged_at - companies.idle_time
            as is_idle
    from {{ ref('carts') }} as carts
    inner join companies
        on carts.company_id = companies.company_id
    where
        carts.company_id = {{ argument('company_id') }}
        and carts.created_date between {{ argument('start_date') }}
        and {{ argument('end_date') }}
),

counted as (
    select
        company_id,
        count(*) filter (where is_converted or is_idle) as cart_count,
        count(*) filter (where not is_converted and is_idle) as abandoned_count
    from carts
    group by company_id
),

counts as (
    select
        companies.company_id,
        coalesce(counted.cart_count, 0)::integer as cart_count,
        coalesce(counted.abandoned_count, 0)::integer as abandoned_cart_count
    from companies
    left join counted
        on companies.company_id = counted.company_id
),

rated as (
    select
        *,
        {{ kpi_rate('cart_abandonment_rate', 'counts') }}
            as cart_abandonment_rate
    from counts
)

select * from rated
