with source as (
    select * from {{ source('google_ads', 'campaigns') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,
        id as campaign_id,

        name as campaign_name,
        status,
        channel_type,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
