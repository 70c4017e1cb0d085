with months as (
    select * from {{ ref('social_channel_months') }}
),

named as (
    select
        company_id,
        -- Networks write themselves so, in every language.
        case social_channel
            when 'linkedin' then 'LinkedIn'
            when 'tiktok' then 'TikTok'
            when 'youtube' then 'YouTube'
            else initcap(replace(social_channel, '_', ' '))
        end as social_channel,
        month_start_date,
        is_complete,
        post_count as social_post_count,
        impression_count as social_impression_count,
        post_reach_count as social_reach_count,
        frequency as social_frequency,
        engagement_count as social_engagement_count,
        engagement_ratio as social_engagement_ratio,
        click_count as social_click_count,
        click_ratio as social_click_ratio,
        measured_at
    from months
)

select * from named
