with source as (
    select * from {{ source('linkedin_pages', 'post_counters') }}
),

renamed as (
    select
        company_id,
        post_urn as post_id,

        impressions::bigint as impression_count,
        unique_impressions::bigint as reach_count,
        clicks::bigint as click_count,
        likes::bigint as like_count,
        comments::bigint as comment_count,
        shares::bigint as share_count,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
