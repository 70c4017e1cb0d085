with source as (
    select * from {{ source('linkedin_pages', 'posts') }}
),

renamed as (
    select
        company_id,
        urn as post_id,

        published_at::timestamptz as posted_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
