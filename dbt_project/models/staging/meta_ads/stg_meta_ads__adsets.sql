with source as (
    select * from {{ source('meta_ads', 'adsets') }}
),

renamed as (
    select
        company_id,
        account_id,
        id as adset_id,
        campaign_id,

        name as adset_name,
        status,
        effective_status,

        created_time::timestamptz as created_at,
        updated_time::timestamptz as updated_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
