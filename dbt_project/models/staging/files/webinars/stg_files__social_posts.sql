with source as (
    select * from {{ source('files', 'social_posts') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(post_id), '') as post_id,
        {{ channel_alias('channel') }} as social_channel,
        nullif(trim(campaign), '') as campaign_name,

        impressions::bigint as impression_count,
        reach::bigint as reach_count,
        likes::bigint as like_count,
        comments::bigint as comment_count,
        shares::bigint as share_count,
        clicks::bigint as click_count,

        posted_at::timestamptz as posted_at,
        measured_at::timestamptz as measured_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
