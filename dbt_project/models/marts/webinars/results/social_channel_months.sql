with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

posts as (
    select
        posts.*,
        companies.as_of_date,
        date_trunc(
            'month', posts.posted_at at time zone companies.time_zone
        )::date as month_start_date
    from {{ ref('int_social_posts_current') }} as posts
    inner join companies
        on posts.company_id = companies.company_id
    where
        {{ is_in_scope('posts.company_id') }}
        and (posts.posted_at at time zone companies.time_zone)::date
        <= companies.as_of_date
),

-- A rate is of the posts that tell both its parts.
counted as (
    select
        company_id,
        social_channel,
        month_start_date,
        (month_start_date + interval '1 month')::date
        <= max(as_of_date) + 1 as is_complete,
        count(*)::integer as post_count,
        sum(impression_count)::bigint as impression_count,
        sum(reach_count)::bigint as post_reach_count,
        sum(impression_count) filter (where reach_count is not null)
            as reached_impression_count,
        sum(reach_count) filter (where impression_count is not null)
            as shown_reach_count,
        sum(
            coalesce(like_count, 0) + coalesce(comment_count, 0)
            + coalesce(share_count, 0)
        ) filter (
            where coalesce(like_count, comment_count, share_count) is not null
        )::bigint as engagement_count,
        sum(
            coalesce(like_count, 0) + coalesce(comment_count, 0)
            + coalesce(share_count, 0)
        ) filter (where impression_count is not null) as shown_engagement_count,
        sum(click_count)::bigint as click_count,
        sum(click_count) filter (where impression_count is not null)
            as shown_click_count,
        sum(impression_count) filter (where click_count is not null)
            as clickable_impression_count,
        max(measured_at) as measured_at
    from posts
    group by company_id, social_channel, month_start_date
),

rated as (
    select
        company_id,
        social_channel,
        month_start_date,
        is_complete,
        post_count,
        impression_count,
        post_reach_count,
        {{ rate_of_many(
            'reached_impression_count', 'shown_reach_count', 'shown_reach_count'
        ) }} as frequency,
        engagement_count,
        {{ rate_of_many(
            'shown_engagement_count', 'impression_count', 'impression_count'
        ) }} as engagement_ratio,
        click_count,
        {{ rate_of_many(
            'shown_click_count',
            'clickable_impression_count', 'clickable_impression_count'
        ) }} as click_ratio,
        measured_at
    from counted
)

select * from rated
