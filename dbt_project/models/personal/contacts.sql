-- Read where it is needed, never copied: what raw loses is gone here too.
with customers as (
    select
        company_id,
        'shopify/' || id as customer_id,
        nullif(lower(trim(email)), '') as email,
        nullif(trim(phone), '') as phone,
        nullif(trim(first_name), '') as first_name,
        nullif(trim(last_name), '') as last_name,
        lower(email_marketing_state) = 'subscribed' as has_email_consent,
        -- Two accounts with one address and one number are one telephone.
        bool_and(lower(phone_marketing_state) = 'subscribed') over (
            partition by
                company_id,
                nullif(lower(trim(email)), ''),
                nullif(trim(phone), '')
        ) as has_phone_consent,
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
        created_at::timestamptz as known_at
    from {{ source('files', 'shopify_order_lines') }}
    where is_order_row and nullif(trim(email), '') is not null
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at::timestamptz as exported_at
    from {{ source('files', 'files') }}
),

registrations as (
    select
        registered.company_id,
        'marketplace/' || coalesce(
            nullif(trim(registered.person_id), ''), trim(registered.user_id)
        ) as customer_id,
        nullif(lower(trim(registered.email)), '') as email,
        registered.has_marketing_consent as has_email_consent,
        files.exported_at as known_at,
        row_number() over (
            partition by registered.company_id, trim(registered.user_id)
            order by
                files.exported_at desc,
                files.file_name desc,
                registered.line_number::integer desc
        ) as recency_rank
    from {{ source('files', 'marketplace_users') }} as registered
    inner join files
        on
            registered.company_id = files.company_id
            and registered.file_sha256 = files.file_sha256
),

-- Whoever has the address of a customer of the shop is that customer.
marketplace_users as (
    select
        registrations.company_id,
        coalesce(customers.customer_id, registrations.customer_id)
            as customer_id,
        registrations.email,
        registrations.has_email_consent,
        registrations.known_at,
        customers.customer_id is not null as is_of_the_shop
    from registrations
    left join customers
        on
            registrations.company_id = customers.company_id
            and registrations.email = customers.email
    where registrations.recency_rank = 1
),

answers as (
    select
        company_id,
        customer_id,
        email,
        has_email_consent
    from customers
    where has_email_consent is not null
    union all
    select
        company_id,
        customer_id,
        email,
        has_email_consent
    from marketplace_users
    where has_email_consent is not null
),

-- As in customer_consents, but of this moment: one refusal is enough, a yes
-- elsewhere does not outweigh it.
consents as (
    select
        company_id,
        customer_id,
        bool_and(has_email_consent) as has_email_consent
    from answers
    group by company_id, customer_id
),

-- Two accounts with one address are one mailbox.
refusing_addresses as (
    select distinct
        company_id,
        email
    from answers
    where not has_email_consent and email is not null
),

people as (
    select
        company_id,
        customer_id,
        email,
        known_at
    from customers
    union all
    select * from guests
    union all
    select * from exported_buyers
    union all
    select
        company_id,
        customer_id,
        email,
        known_at
    from marketplace_users
    where email is not null and not is_of_the_shop
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
        ranked.company_id,
        ranked.customer_id,
        ranked.email,
        customers.phone,
        customers.first_name,
        customers.last_name,
        coalesce(consents.has_email_consent, false)
        and refusing_addresses.email is null as has_email_consent,
        coalesce(customers.has_phone_consent, false) as has_phone_consent,
        ranked.known_at
    from ranked
    left join customers
        on
            ranked.company_id = customers.company_id
            and ranked.customer_id = customers.customer_id
    left join consents
        on
            ranked.company_id = consents.company_id
            and ranked.customer_id = consents.customer_id
    left join refusing_addresses
        on
            ranked.company_id = refusing_addresses.company_id
            and ranked.email = refusing_addresses.email
    where ranked.recency_rank = 1
)

select * from contacts
