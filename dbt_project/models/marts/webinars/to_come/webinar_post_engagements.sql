with to_come as (
    select
        company_id,
        webinar_id,
        told_at
    from {{ ref('webinar_paces') }}
    where {{ is_in_scope() }}
),

links as (
    select * from {{ ref('int_webinar_campaigns_current') }}
    where {{ is_in_scope() }} and webinar_id is not null
),

posts as (
    select
        *,
        {{ channel_alias('campaign_name') }} as campaign_alias,
        coalesce(measured_at, posted_at) as counted_at,
        coalesce(like_count, 0) + coalesce(comment_count, 0)
        + coalesce(share_count, 0) as engagement_count
    from {{ ref('int_social_posts_current') }}
    where
        {{ is_in_scope() }}
        and coalesce(like_count, comment_count, share_count) is not null
),

-- Of who counts no post of the last 24 hours nobody knows what came.
counting as (
    select
        company_id,
        max(counted_at) as last_counted_at
    from posts
    group by company_id
),

-- What was posted in the last 24 hours has all its interactions in them; of
-- older posts networks tell a sum that nobody can divide.
engaged as (
    select
        to_come.company_id,
        to_come.webinar_id,
        count(*)::integer as post_count,
        sum(posts.engagement_count)::bigint as engagement_count
    from to_come
    inner join links
        on
            to_come.company_id = links.company_id
            and to_come.webinar_id = links.webinar_id
    inner join posts
        on
            links.company_id = posts.company_id
            and links.campaign_alias = posts.campaign_alias
            and to_come.told_at - interval '1 day' < posts.posted_at
            and to_come.told_at >= posts.posted_at
    group by to_come.company_id, to_come.webinar_id
),

joined as (
    select
        to_come.company_id,
        to_come.webinar_id,
        coalesce(engaged.post_count, 0) as post_count,
        coalesce(engaged.engagement_count, 0) as engagement_count
    from to_come
    inner join counting
        on
            to_come.company_id = counting.company_id
            and to_come.told_at - interval '1 day' < counting.last_counted_at
    left join engaged
        on
            to_come.company_id = engaged.company_id
            and to_come.webinar_id = engaged.webinar_id
)

select * from joined
