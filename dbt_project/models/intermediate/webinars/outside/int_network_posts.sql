with facebook as (
    select * from {{ ref('stg_facebook_pages__posts') }}
),

linkedin as (
    select * from {{ ref('stg_linkedin_pages__posts') }}
),

linkedin_counters as (
    select * from {{ ref('stg_linkedin_pages__post_counters') }}
),

-- Which counter is which is told by its name, not by its place.
facebook_counters as (
    select
        company_id,
        post_id,
        case 'post_media_view'
            when first_counter then first_value
            when second_counter then second_value
            when third_counter then third_value
        end as impression_count,
        case 'post_total_media_view_unique'
            when first_counter then first_value
            when second_counter then second_value
            when third_counter then third_value
        end as reach_count,
        case 'post_clicks'
            when first_counter then first_value
            when second_counter then second_value
            when third_counter then third_value
        end as click_count
    from facebook
),

unioned as (
    select
        facebook.company_id,
        'facebook' as social_channel,
        facebook.post_id,
        facebook.posted_at,
        facebook.read_at as measured_at,
        counters.impression_count,
        counters.reach_count,
        facebook.like_count,
        facebook.comment_count,
        facebook.share_count,
        counters.click_count
    from facebook
    inner join facebook_counters as counters
        on
            facebook.company_id = counters.company_id
            and facebook.post_id = counters.post_id
    union all
    select
        linkedin.company_id,
        'linkedin' as social_channel,
        linkedin.post_id,
        linkedin.posted_at,
        counters.read_at as measured_at,
        counters.impression_count,
        counters.reach_count,
        counters.like_count,
        counters.comment_count,
        counters.share_count,
        counters.click_count
    from linkedin
    left join linkedin_counters as counters
        on
            linkedin.company_id = counters.company_id
            and linkedin.post_id = counters.post_id
)

select * from unioned
