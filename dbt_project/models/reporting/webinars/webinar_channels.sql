with outcomes as (
    select * from {{ ref('webinar_channel_outcomes') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

channels as (
    select * from {{ ref('channels') }}
),

joined as (
    select
        outcomes.company_id,
        outcomes.channel_id,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        companies.currency_code,
        outcomes.webinar_count,
        outcomes.is_complete,
        outcomes.is_conversion_over,
        outcomes.registrant_count as webinar_registrant_count,
        outcomes.late_registrant_count,
        outcomes.cancelled_count,
        outcomes.show_count as webinar_show_count,
        outcomes.attendee_count as webinar_attendee_count,
        outcomes.unregistered_attendee_count,
        outcomes.on_demand_viewer_count,
        outcomes.chatter_count,
        outcomes.asker_count,
        outcomes.poll_taker_count,
        outcomes.engagement_count,
        outcomes.satisfaction_count,
        outcomes.conversion_count as webinar_conversion_count,
        outcomes.order_count as webinar_order_count,
        outcomes.show_ratio as webinar_show_ratio,
        outcomes.show_ratio_lower,
        outcomes.show_ratio_upper,
        outcomes.attended_minutes_mean as webinar_attended_minutes,
        outcomes.chat_ratio as webinar_chat_ratio,
        outcomes.question_ratio as webinar_question_ratio,
        outcomes.poll_ratio as webinar_poll_ratio,
        outcomes.engagement_mean as webinar_engagement,
        outcomes.satisfaction_mean as webinar_satisfaction,
        outcomes.conversion_ratio as webinar_conversion_ratio,
        outcomes.conversion_ratio_lower,
        outcomes.conversion_ratio_upper,
        outcomes.net_revenue as webinar_net_revenue,
        outcomes.unpriced_cost_count,
        outcomes.cost_amount as webinar_cost,
        outcomes.cost_per_registrant as webinar_cost_per_registrant,
        outcomes.return_ratio as webinar_return_ratio
    from outcomes
    inner join companies
        on outcomes.company_id = companies.company_id
    left join channels
        on outcomes.channel_id = channels.channel_id
)

select * from joined
