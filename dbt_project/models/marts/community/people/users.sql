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

people as (
    select
        company_id,
        customer_id,
        person_customer_id
    from {{ ref('int_shopify_customers_identified') }}
    where {{ is_in_scope() }}
),

accounts as (
    select
        customers.company_id,
        customers.created_at,
        customers.email_marketing_state,
        coalesce(people.person_customer_id, customers.customer_id)
            as customer_id
    from {{ ref('stg_shopify__customers') }} as customers
    left join people
        on
            customers.company_id = people.company_id
            and customers.customer_id = people.customer_id
    where
        {{ is_in_scope('customers.company_id') }}
        and upper(customers.account_state) = 'ENABLED'
),

-- A person registered with the first of their accounts; one refusal is enough.
shopify_customers as (
    select
        company_id,
        customer_id,
        min(created_at) as created_at,
        bool_and(upper(email_marketing_state) = 'SUBSCRIBED')
            as has_marketing_consent
    from accounts
    group by company_id, customer_id
),

buyers as (
    select
        company_id,
        customer_id,
        first_order_date,
        first_channel_id
    from {{ ref('customers') }}
    where {{ is_in_scope() }}
),

place_names as (
    select * from {{ ref('chile_place_names') }}
),

comunas as (
    select
        comuna_code,
        region_code
    from {{ ref('chile_comunas') }}
),

sources as (
    select
        alias,
        channel_id
    from {{ ref('channel_aliases') }}
    where kind = 'source'
),

placed_users as (
    select
        marketplace_users.*,
        coalesce(comunas.region_code, region_names.code) as region_code,
        comunas.comuna_code,
        coalesce(
            sources.channel_id,
            case
                when marketplace_users.channel_name is null then 'unknown'
                else 'other'
            end
        ) as channel_id
    from marketplace_users
    left join place_names as comuna_names
        on
            {{ channel_alias('marketplace_users.comuna_name') }}
            = comuna_names.alias
            and comuna_names.kind = 'comuna'
    left join comunas
        on comuna_names.code = comunas.comuna_code
    left join place_names as region_names
        on
            {{ channel_alias('marketplace_users.region_name') }}
            = region_names.alias
            and region_names.kind = 'region'
    left join sources
        on {{ channel_alias('marketplace_users.channel_name') }} = sources.alias
    where marketplace_users.registration_rank = 1
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
        region_code,
        comuna_code,
        channel_id,
        has_marketing_consent,
        null::date as first_order_date
    from placed_users
    union all
    select
        shopify_customers.company_id,
        'shopify/' || shopify_customers.customer_id as user_id,
        'shopify/' || shopify_customers.customer_id as customer_id,
        'shopify'::text as source_slug,
        shopify_customers.created_at as registered_at,
        null::timestamptz as onboarded_at,
        false as has_rut,
        null::boolean as is_rut_wellformed,
        null::timestamptz as rut_verified_at,
        null::text as region_code,
        null::text as comuna_code,
        coalesce(buyers.first_channel_id, 'unknown') as channel_id,
        shopify_customers.has_marketing_consent,
        buyers.first_order_date
    from shopify_customers
    left join buyers
        on
            shopify_customers.company_id = buyers.company_id
            and 'shopify/' || shopify_customers.customer_id
            = buyers.customer_id
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
        -- A shop has no onboarding but the first order.
        coalesce(
            unioned.onboarded_at,
            case
                when unioned.first_order_date is not null
                    then greatest(
                        unioned.first_order_date::timestamp
                        at time zone companies.time_zone,
                        unioned.registered_at
                    )
            end
        ) as onboarded_at,
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
