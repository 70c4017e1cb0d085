with source as (
    select * from {{ source('shopify', 'customers') }}
),

renamed as (
    select
        company_id,
        id as customer_id,

        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        state as account_state,
        email_marketing_state,
        country_code,
        currency_code,

        tags,

        amount_spent::numeric(24, 6) as amount_spent,
        number_of_orders::integer as order_count,

        verified_email as is_email_verified,

        created_at::timestamptz as created_at,
        updated_at::timestamptz as updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
