with source as (
    select * from {{ source('meta_ads', 'ads') }}
),

renamed as (
    select
        company_id,
        account_id,
        id as ad_id,
        campaign_id,
        adset_id,

        name as ad_name,
        status,
        effective_status,

        created_time::timestamptz as created_at,
        updated_time::timestamptz as updated_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
