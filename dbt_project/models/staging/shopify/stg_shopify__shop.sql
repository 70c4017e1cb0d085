with source as (
    select * from {{ source('shopify', 'shop') }}
),

renamed as (
    select
        company_id,
        id as shop_id,

        name as shop_name,
        myshopify_domain,
        currency_code,
        time_zone,
        plan as plan_name,
        api_version,

        scopes,
        warnings,

        history_from::date as history_from_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
