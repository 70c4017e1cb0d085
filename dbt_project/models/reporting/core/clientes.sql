with customers as (
    select
        customers.company_id,
        customers.customer_id,
        orders.ordered_at as seen_at
    from {{ ref('customers') }} as customers
    inner join {{ ref('orders') }} as orders
        on
            customers.company_id = orders.company_id
            and customers.first_order_id = orders.order_id
),

users as (
    select
        company_id,
        customer_id,
        registered_at as seen_at
    from {{ ref('users') }}
    where customer_id is not null
),

segments as (
    select
        company_id,
        customer_id,
        segment_label_es
    from {{ ref('customer_value_segments') }}
),

people as (
    select * from customers
    union all
    select * from users
),

first_seen as (
    select
        company_id,
        customer_id,
        min(seen_at) as seen_at
    from people
    group by company_id, customer_id
),

clientes as (
    select
        first_seen.company_id,
        {{ row_uuid('first_seen.company_id', 'first_seen.customer_id') }} as id,
        first_seen.customer_id as external_id,
        -- An id that is a hash is the hash of the address.
        case
            when first_seen.customer_id ~ '^[0-9a-f]{64}$'
                then first_seen.customer_id
        end as email,
        null::text as nombre,
        first_seen.seen_at as fecha_registro,
        segments.segment_label_es as segmento_ia
    from first_seen
    left join segments
        on
            first_seen.company_id = segments.company_id
            and first_seen.customer_id = segments.customer_id
)

select * from clientes
