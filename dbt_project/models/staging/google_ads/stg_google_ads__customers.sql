with source as (
    select * from {{ source('google_ads', 'customers') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,
        login_customer_id as login_account_id,

        name as account_name,
        currency_code,
        time_zone,
        status,

        is_test,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
