with source as (
    select * from {{ source('facebook_pages', 'posts') }}
),

renamed as (
    select
        company_id,
        id as post_id,
        link,
        first_counter,
        second_counter,
        third_counter,

        -- Of no share nothing is told.
        coalesce(shares, 0)::bigint as share_count,
        reactions::bigint as like_count,
        comments::bigint as comment_count,
        first_value::bigint as first_value,
        second_value::bigint as second_value,
        third_value::bigint as third_value,

        created_at::timestamptz as posted_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
