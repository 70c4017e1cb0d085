with users as (
    select * from {{ ref('stg_files__marketplace_users') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

customers as (
    select
        company_id,
        email_hash,
        customer_id
    from {{ ref('int_shopify_customers_matched') }}
),

ranked as (
    select
        users.*,
        row_number() over (
            partition by users.company_id, users.user_id
            order by
                files.exported_at desc,
                files.file_name desc,
                users.line_number desc
        ) as recency_rank
    from users
    inner join files
        on
            users.company_id = files.company_id
            and users.file_sha256 = files.file_sha256
),

matched as (
    select
        ranked.company_id,
        ranked.user_id as marketplace_user_id,
        'marketplace/' || coalesce(ranked.person_id, ranked.user_id) as user_id,
        coalesce(
            'shopify/' || customers.customer_id,
            'marketplace/' || coalesce(ranked.person_id, ranked.user_id)
        ) as customer_id,
        ranked.region_name,
        ranked.comuna_name,
        ranked.channel_name,
        ranked.has_rut,
        ranked.is_rut_wellformed,
        ranked.has_marketing_consent,
        ranked.registered_at,
        ranked.onboarded_at,
        ranked.rut_verified_at,
        ranked.loaded_at
    from ranked
    left join customers
        on
            ranked.company_id = customers.company_id
            and ranked.email_hash = customers.email_hash
    where ranked.recency_rank = 1
)

select * from matched
