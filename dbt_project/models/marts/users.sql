with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

marketplace_users as (
    select
        *,
        row_number() over (
            partition by company_id, user_id
            order by registered_at asc nulls last, marketplace_user_id asc
        ) as registration_rank
    from {{ ref('int_marketplace_users_matched') }}
    where {{ is_in_scope() }}
),

shopify_customers as (
    select * from {{ ref('stg_shopify__customers') }}
    where {{ is_in_scope() }} and upper(account_state) = 'ENABLED'
),

unioned as (
    select
        company_id,
        user_id,
        customer_id,
        'files'::text as source_slug,
        registered_at,
        onboarded_at,
        has_rut,
        is_rut_wellformed,
        rut_verified_at,
        null::text as region_code,
        null::text as comuna_code,
        coalesce(lower(channel_name), 'unknown') as channel_id,
        has_marketing_consent
    from marketplace_users
    where registration_rank = 1
    union all
    select
        company_id,
        'shopify/' || customer_id as user_id,
        'shopify/' || customer_id as customer_id,
        'shopify'::text as source_slug,
        created_at as registered_at,
        null::timestamptz as onboarded_at,
        false as has_rut,
        null::boolean as is_rut_wellformed,
        null::timestamptz as rut_verified_at,
        null::text as region_code,
        null::text as comuna_code,
        'unknown'::text as channel_id,
        upper(email_marketing_state) = 'SUBSCRIBED' as has_marketing_consent
    from shopify_customers
),

users as (
    select
        unioned.company_id,
        unioned.user_id,
        unioned.customer_id,
        unioned.source_slug,
        unioned.registered_at,
        (unioned.registered_at at time zone companies.time_zone)::date
            as registered_date,
        unioned.onboarded_at,
        unioned.has_rut,
        unioned.is_rut_wellformed,
        unioned.rut_verified_at,
        unioned.region_code,
        unioned.comuna_code,
        unioned.channel_id,
        unioned.has_marketing_consent
    from unioned
    inner join companies
        on unioned.company_id = companies.company_id
)

select * from users
