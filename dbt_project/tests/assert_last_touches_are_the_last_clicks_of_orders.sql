-- Two ways to the last click of an order, told to people as one number: the
-- order's channel, and the last touch before it.
with orders as (
    select
        company_id,
        order_id,
        channel_id
    from {{ ref('orders') }}
    where {{ is_in_scope() }}
),

touches as (
    select
        company_id,
        order_id,
        channel_id,
        row_number() over (
            partition by company_id, order_id
            order by touch_number desc
        ) as place_from_last
    from {{ ref('journey_touchpoints') }}
    where {{ is_in_scope() }}
),

compared as (
    select
        orders.company_id,
        orders.order_id,
        orders.channel_id,
        coalesce(touches.channel_id, 'unknown') as last_touch_channel_id
    from orders
    left join touches
        on
            orders.company_id = touches.company_id
            and orders.order_id = touches.order_id
            and touches.place_from_last = 1
)

select * from compared
where channel_id <> last_touch_channel_id
