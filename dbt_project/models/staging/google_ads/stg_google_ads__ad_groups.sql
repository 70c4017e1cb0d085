with source as (
    select * from {{ source('google_ads', 'ad_groups') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,
        id as ad_group_id,
        campaign_id,

        name as ad_group_name,
        status,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
