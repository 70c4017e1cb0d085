with segments as (
    select * from {{ source('predictions', 'webinar_segments') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

joined as (
    select
        segments.company_id,
        segments.segment_id,
        segments.as_of_date,
        companies.currency_code,
        segments.people_count as segment_people_count,
        segments.people_ratio as segment_people_ratio,
        segments.moved_in_count as segment_moved_in_count,
        segments.top_feature,
        segments.engagement_mean as segment_engagement,
        segments.attended_minutes_mean as segment_minutes,
        segments.conversion_count as segment_conversion_count,
        segments.conversion_ratio as segment_conversion_ratio,
        segments.conversion_lower_ratio,
        segments.conversion_upper_ratio,
        segments.revenue_mean as segment_revenue_mean,
        segments.top_industry,
        segments.top_company_size,
        segments.wants_premium,
        segments.wants_upsell,
        segments.wants_enterprise
    from segments
    inner join companies
        on segments.company_id = companies.company_id
)

select * from joined
