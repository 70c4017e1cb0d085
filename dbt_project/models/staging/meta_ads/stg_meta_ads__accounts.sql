with source as (
    select * from {{ source('meta_ads', 'accounts') }}
),

renamed as (
    select
        company_id,
        account_id,

        name as account_name,
        currency_code,
        time_zone,
        status,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
