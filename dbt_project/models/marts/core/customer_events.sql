with companies as (
    select
        company_id,
        time_zone,
        cart_idle_hours,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

users as (
    select * from {{ ref('users') }}
    where {{ is_in_scope() }} and {{ is_changed('customer_id') }}
),

orders as (
    select * from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('customer_id') }}
        and status not in ('test', 'deleted')
        and coalesce(exclusion_reason, '') not in (
            'credit_note', 'impossible_amount', 'future_date'
        )
),

ratings as (
    select * from {{ ref('ratings') }}
    where {{ is_in_scope() }} and {{ is_changed('customer_id') }}
),

carts as (
    select * from {{ ref('carts') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('customer_id') }}
        and order_id is null
),

events as (
    select
        company_id,
        'registered' as event_type,
        user_id as subject_id,
        customer_id,
        registered_at as event_at,
        null as order_id,
        null::numeric as amount,
        null as currency_code,
        null::numeric as score
    from users
    union all
    select
        company_id,
        'ordered' as event_type,
        order_id as subject_id,
        customer_id,
        ordered_at as event_at,
        order_id,
        gross_revenue - discount_amount as amount,
        currency_code,
        null as score
    from orders
    union all
    select
        company_id,
        'completed' as event_type,
        order_id as subject_id,
        customer_id,
        completed_at as event_at,
        order_id,
        null as amount,
        null as currency_code,
        null as score
    from orders
    union all
    select
        company_id,
        'cancelled' as event_type,
        order_id as subject_id,
        customer_id,
        cancelled_at as event_at,
        order_id,
        null as amount,
        null as currency_code,
        null as score
    from orders
    union all
    select
        company_id,
        'rated' as event_type,
        rating_id as subject_id,
        customer_id,
        rated_at as event_at,
        order_id,
        null as amount,
        null as currency_code,
        score
    from ratings
    union all
    select
        carts.company_id,
        'cart_abandoned' as event_type,
        carts.cart_id as subject_id,
        carts.customer_id,
        carts.last_activity_at
        + make_interval(hours => companies.cart_idle_hours) as event_at,
        null as order_id,
        carts.amount,
        carts.currency_code,
        null as score
    from carts
    inner join companies
        on carts.company_id = companies.company_id
),

dated as (
    select
        events.company_id,
        events.customer_id,
        events.event_type || '/' || events.subject_id as event_id,
        events.event_type,
        events.event_at,
        (events.event_at at time zone companies.time_zone)::date as event_date,
        events.order_id,
        events.amount::numeric(18, 2) as amount,
        events.currency_code,
        events.score::numeric(3, 1) as score
    from events
    inner join companies
        on events.company_id = companies.company_id
    where
        events.customer_id is not null
        and events.event_at is not null
        and (events.event_at at time zone companies.time_zone)::date
        <= companies.as_of_date
)

select * from dated
