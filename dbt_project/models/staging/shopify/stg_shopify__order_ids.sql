with source as (
    select * from {{ source('shopify', 'order_ids') }}
),

renamed as (
    select
        company_id,
        id as order_id,

        date::date as created_date,

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
