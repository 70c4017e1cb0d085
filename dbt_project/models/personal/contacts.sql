-- Read where it is needed, never copied: what raw loses is gone here too.
with customers as (
    select
        company_id,
        'shopify/' || id as customer_id,
        nullif(lower(trim(email)), '') as email,
        nullif(trim(phone), '') as phone,
        nullif(trim(first_name), '') as first_name,
        nullif(trim(last_name), '') as last_name,
        email_marketing_state = 'subscribed' as has_email_consent,
        updated_at::timestamptz as known_at
    from {{ source('shopify', 'customers') }}
),

guests as (
    select
        company_id,
        encode(
            sha256(convert_to(lower(trim(email)), 'UTF8')), 'hex'
        ) as customer_id,
        lower(trim(email)) as email,
        null::text as phone,
        null::text as first_name,
        null::text as last_name,
        false as has_email_consent,
        updated_at::timestamptz as known_at
    from {{ source('shopify', 'orders') }}
    where customer_id is null and nullif(trim(email), '') is not null
),

exported_buyers as (
    select
        company_id,
        encode(
            sha256(convert_to(lower(trim(email)), 'UTF8')), 'hex'
        ) as customer_id,
        lower(trim(email)) as email,
        null::text as phone,
        null::text as first_name,
        null::text as last_name,
        false as has_email_consent,
        created_at::timestamptz as known_at
    from {{ source('files', 'shopify_order_lines') }}
    where is_order_row and nullif(trim(email), '') is not null
),

files as (
    select
        company_id,
        file_sha256,
        exported_at::timestamptz as exported_at
    from {{ source('files', 'files') }}
),

-- Whoever has the address of a customer of the shop is that customer.
marketplace_users as (
    select
        registered.company_id,
        'marketplace/' || coalesce(
            nullif(trim(registered.person_id), ''), trim(registered.user_id)
        ) as customer_id,
        lower(trim(registered.email)) as email,
        null::text as phone,
        null::text as first_name,
        null::text as last_name,
        registered.has_marketing_consent as has_email_consent,
        files.exported_at as known_at
    from {{ source('files', 'marketplace_users') }} as registered
    inner join files
        on
            registered.company_id = files.company_id
            and registered.file_sha256 = files.file_sha256
    left join customers
        on
            registered.company_id = customers.company_id
            and lower(trim(registered.email)) = customers.email
    where
        nullif(trim(registered.email), '') is not null
        and customers.customer_id is null
),

people as (
    select * from customers
    union all
    select * from guests
    union all
    select * from exported_buyers
    union all
    select * from marketplace_users
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, customer_id
            order by known_at desc, email asc
        ) as recency_rank
    from people
),

contacts as (
    select
        company_id,
        customer_id,
        email,
        phone,
        first_name,
        last_name,
        coalesce(has_email_consent, false) as has_email_consent,
        known_at
    from ranked
    where recency_rank = 1
)

select * from contacts
