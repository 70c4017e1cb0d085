with attendances as (
    select
        company_id,
        webinar_id,
        person_id
    from {{ ref('webinar_attendances') }}
    where {{ is_in_scope() }} and is_live_attendee
),

webinars as (
    select
        company_id,
        webinar_id,
        starts_at,
        start_date
    from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

customers as (
    select
        company_id,
        email_hash,
        customer_id
    from {{ ref('int_shopify_customers_matched') }}
    where {{ is_in_scope() }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase and customer_id is not null
),

-- A log's customer is its address, hashed as a person's is.
attendees as (
    select
        attendances.*,
        webinars.starts_at,
        webinars.start_date,
        coalesce('shopify/' || customers.customer_id, attendances.person_id)
            as customer_id
    from attendances
    inner join webinars
        on
            attendances.company_id = webinars.company_id
            and attendances.webinar_id = webinars.webinar_id
    left join customers
        on
            attendances.company_id = customers.company_id
            and attendances.person_id = customers.email_hash
),

ranked as (
    select
        orders.company_id,
        orders.order_id,
        attendees.webinar_id,
        attendees.person_id,
        orders.order_date,
        orders.net_revenue,
        -- An order is of the webinar attended last before it.
        row_number() over (
            partition by orders.company_id, orders.order_id
            order by attendees.starts_at desc, attendees.webinar_id asc
        ) as recency_rank
    from orders
    inner join attendees
        on
            orders.company_id = attendees.company_id
            and orders.customer_id = attendees.customer_id
    where
        orders.order_date between attendees.start_date
        and attendees.start_date + 30
        -- Of the day itself a log may tell no time; a shop does.
        and (
            orders.ordered_at >= attendees.starts_at
            or orders.source_contract = 'purchases'
        )
),

converted as (
    select
        company_id,
        order_id,
        webinar_id,
        person_id,
        order_date,
        net_revenue
    from ranked
    where recency_rank = 1
)

select * from converted
