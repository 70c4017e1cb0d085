with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

ratings as (
    select * from {{ ref('stg_files__marketplace_ratings') }}
    where {{ is_in_scope() }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
    where {{ is_in_scope() }}
),

users as (
    select
        company_id,
        marketplace_user_id,
        customer_id
    from {{ ref('int_marketplace_users_matched') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        company_id,
        order_id,
        customer_id
    from {{ ref('int_marketplace_orders_deduplicated') }}
    where {{ is_in_scope() }}
),

ranked as (
    select
        ratings.*,
        row_number() over (
            partition by
                ratings.company_id, ratings.order_id, ratings.rating_id
            order by
                files.exported_at desc,
                files.file_name desc,
                ratings.line_number desc
        ) as recency_rank
    from ratings
    inner join files
        on
            ratings.company_id = files.company_id
            and ratings.file_sha256 = files.file_sha256
),

deduplicated as (
    select
        ranked.company_id,
        -- Reviews of several orders may share their id.
        'marketplace/' || ranked.order_id
        || coalesce('/' || ranked.rating_id, '') as rating_id,
        'marketplace/' || ranked.order_id as order_id,
        coalesce(
            users.customer_id,
            'marketplace/' || ranked.user_id,
            orders.customer_id
        ) as customer_id,
        ranked.score,
        ranked.rated_at,
        (ranked.rated_at at time zone companies.time_zone)::date as rated_date
    from ranked
    inner join companies
        on ranked.company_id = companies.company_id
    left join users
        on
            ranked.company_id = users.company_id
            and ranked.user_id = users.marketplace_user_id
    left join orders
        on
            ranked.company_id = orders.company_id
            and ranked.order_id = orders.order_id
    where ranked.recency_rank = 1
)

select * from deduplicated
