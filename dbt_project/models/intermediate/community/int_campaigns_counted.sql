with recipients as (
    select
        *,
        channel <> 'email' or bool_or(is_delivery_told) over (
            partition by company_id, campaign_id, channel
        ) as is_told_of_delivery,
        channel <> 'email' or bool_or(is_delivery_told) over (
            partition by company_id, channel
        ) as is_channel_told_of_delivery
    from {{ ref('int_message_recipients') }}
),

by_person as (
    select
        company_id,
        campaign_id,
        channel,
        null::text as campaign_name,
        true as is_told_by_person,
        min(first_date) as first_date,
        count(*)::integer as sent_count,
        -- Many senders of mail tell of no delivery: what did not fail arrived.
        count(*) filter (
            where
            is_delivered
            or (not is_told_of_delivery and not is_failed)
        )::integer as delivered_count,
        bool_and(is_channel_told_of_delivery)
        and not bool_or(is_delivery_told)
        and bool_or(not is_delivered and not is_failed) as is_delivery_awaited,
        count(*) filter (where is_opened)::integer as opened_count,
        -- Where no opening says whether a machine did it, nobody knows.
        case
            when bool_or(is_opening_told) or not bool_or(is_opened)
                then count(*) filter (where is_opened_by_human)
        end::integer as opened_by_human_count,
        count(*) filter (where is_clicked)::integer as clicked_count,
        count(*) filter (where is_replied)::integer as replied_count,
        count(*) filter (where is_failed and not is_delivered)::integer
            as failed_count,
        count(*) filter (where is_complained)::integer as complained_count,
        count(*) filter (where is_unsubscribed)::integer as unsubscribed_count
    from recipients
    group by company_id, campaign_id, channel
),

campaigns as (
    select
        *,
        row_number() over (
            partition by company_id, campaign_id
            order by counted_date desc
        ) as recency_rank
    from {{ ref('stg_activecampaign__campaigns') }}
    where started_at is not null and sent_count > 0
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

-- Who answered, complained or bought is not among the counters; nor is who
-- opened, a person or their mail proxy.
by_counters as (
    select
        campaigns.company_id,
        campaigns.campaign_id,
        'email'::text as channel,
        campaigns.campaign_name,
        false as is_told_by_person,
        (campaigns.started_at at time zone companies.time_zone)::date
            as first_date,
        campaigns.sent_count,
        campaigns.sent_count - campaigns.failed_count as delivered_count,
        false as is_delivery_awaited,
        campaigns.opened_count,
        null::integer as opened_by_human_count,
        campaigns.clicked_count,
        null::integer as replied_count,
        campaigns.failed_count,
        null::integer as complained_count,
        campaigns.unsubscribed_count
    from campaigns
    inner join companies
        on campaigns.company_id = companies.company_id
    where campaigns.recency_rank = 1
),

unioned as (
    select * from by_person
    union all
    select * from by_counters
)

select * from unioned
