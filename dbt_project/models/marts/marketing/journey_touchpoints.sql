with orders as (
    select
        company_id,
        order_id,
        source_contract,
        ordered_at,
        channel_id,
        campaign_name
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

visits as (
    select
        company_id,
        'shopify/' || order_id as order_id,
        visit_role,
        channel_id,
        campaign_name,
        occurred_at
    from {{ ref('int_shopify_order_visits_classified') }}
    where {{ is_in_scope() }} and {{ is_changed("'shopify/' || order_id") }}
),

-- Who types the address clicks on nothing: beside a click it is no touch.
weighed as (
    select
        visits.company_id,
        visits.order_id,
        visits.visit_role,
        visits.channel_id,
        visits.campaign_name,
        coalesce(visits.occurred_at, orders.ordered_at) as touched_at,
        bool_or(visits.channel_id <> 'direct') over (
            partition by visits.company_id, visits.order_id
        ) as has_click
    from visits
    inner join orders
        on
            visits.company_id = orders.company_id
            and visits.order_id = orders.order_id
            and orders.source_contract = 'api'
),

-- The only visit of an order is its first and its last.
ranked as (
    select
        *,
        row_number() over (
            partition by company_id, order_id, touched_at, channel_id
            order by visit_role desc
        ) as copy_rank
    from weighed
    where channel_id <> 'direct' or not has_click
),

seen as (
    select
        company_id,
        order_id,
        visit_role,
        channel_id,
        campaign_name,
        touched_at
    from ranked
    where copy_rank = 1
),

-- A source without visits may still name the channel of an order.
named as (
    select
        orders.company_id,
        orders.order_id,
        'named' as visit_role,
        orders.channel_id,
        orders.campaign_name,
        orders.ordered_at as touched_at
    from orders
    left join visits
        on
            orders.company_id = visits.company_id
            and orders.order_id = visits.order_id
            and orders.source_contract = 'api'
    where visits.order_id is null and orders.channel_id <> 'unknown'
),

touches as (
    select * from seen
    union all
    select * from named
),

numbered as (
    select
        company_id,
        order_id,
        row_number() over (
            partition by company_id, order_id
            order by (visit_role = 'last') asc
        )::integer as touch_number,
        visit_role <> 'named' as is_visit,
        channel_id,
        campaign_name,
        -- Clocks may disagree with roles: no touch is later than the next one.
        min(touched_at) over (
            partition by company_id, order_id
            order by (visit_role = 'last') desc
        ) as touched_at
    from touches
)

select * from numbered
