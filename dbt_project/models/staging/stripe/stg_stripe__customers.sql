with source as (
    select * from {{ source('stripe', 'customers') }}
),

renamed as (
    select
        company_id,
        id as customer_id,
        nullif(trim(name), '') as account_name,
        {{ own_domain("split_part(email, '@', 2)") }} as email_domain,
        nullif(trim(account_id), '') as own_account_id,
        nullif(country_code, '') as country_code,

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
