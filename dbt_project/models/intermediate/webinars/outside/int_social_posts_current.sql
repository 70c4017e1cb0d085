with posts as (
    select
        *,
        coalesce(measured_at, '-infinity'::timestamptz) as counted_at
    from {{ ref('stg_files__social_posts') }}
),

{{ newest_rows('told', 'posts', ['social_channel', 'post_id', 'counted_at']) }},

unioned as (
    select
        company_id,
        social_channel,
        post_id,
        campaign_name,
        posted_at,
        measured_at,
        impression_count,
        reach_count,
        like_count,
        comment_count,
        share_count,
        click_count
    from told
    union all
    select
        company_id,
        social_channel,
        post_id,
        null as campaign_name,
        posted_at,
        measured_at,
        impression_count,
        reach_count,
        like_count,
        comment_count,
        share_count,
        click_count
    from {{ ref('int_network_posts') }}
),

measured as (
    select
        company_id,
        social_channel,
        post_id,
        -- Networks do not tell it: what a file says of a post holds.
        max(campaign_name) over (
            partition by company_id, social_channel, post_id
        ) as campaign_name,
        posted_at,
        measured_at,
        impression_count,
        reach_count,
        like_count,
        comment_count,
        share_count,
        click_count,
        row_number() over (
            partition by company_id, social_channel, post_id
            order by measured_at desc nulls last
        ) as measure_rank
    from unioned
),

newest as (
    select
        company_id,
        social_channel,
        post_id,
        campaign_name,
        posted_at,
        measured_at,
        impression_count,
        reach_count,
        like_count,
        comment_count,
        share_count,
        click_count
    from measured
    where measure_rank = 1
)

select * from newest
