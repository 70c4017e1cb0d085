with source as (
    select * from {{ source('files', 'marketplace_ratings') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(rating_id), '') as rating_id,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(user_id), '') as user_id,
        score::numeric(3, 1) as score,
        rated_at::timestamptz as rated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
