with exported as (
    select * from {{ ref('int_web_sessions_exported') }}
),

analytics as (
    select * from {{ ref('stg_ga4__source_days') }}
),

-- Of a day that Google Analytics tells of itself, no file counts.
unioned as (
    select
        company_id,
        visit_date,
        session_source,
        session_medium,
        session_campaign,
        session_count,
        engaged_session_count,
        null::bigint as bounced_session_count,
        new_user_count,
        key_event_count,
        page_view_count,
        engaged_seconds
    from analytics
    union all
    select
        exported.company_id,
        exported.visit_date,
        exported.session_source,
        exported.session_medium,
        exported.session_campaign,
        exported.session_count,
        exported.engaged_session_count,
        exported.bounced_session_count,
        exported.new_user_count,
        null::numeric as key_event_count,
        exported.page_view_count,
        exported.engaged_seconds
    from exported
    where not exists (
        select 1 from analytics
        where
            analytics.company_id = exported.company_id
            and analytics.visit_date = exported.visit_date
    )
),

aliases as (
    select * from {{ ref('channel_aliases') }}
),

classified as (
    select
        unioned.company_id,
        unioned.visit_date,
        unioned.session_source,
        case
            when unioned.session_source is null then 'unknown'
            when unioned.session_source = '(not set)' then 'unknown'
            when mediums.is_paid then coalesce(sources.paid_channel_id, 'other')
            else coalesce(sources.channel_id, mediums.channel_id, 'other')
        end as channel_id,
        {{ channel_alias('unioned.session_campaign') }} as campaign_alias,
        unioned.session_count,
        unioned.engaged_session_count,
        coalesce(
            unioned.bounced_session_count,
            unioned.session_count - unioned.engaged_session_count
        ) as bounced_session_count,
        unioned.new_user_count,
        unioned.key_event_count,
        unioned.page_view_count,
        unioned.engaged_seconds
    from unioned
    left join aliases as sources
        on
            sources.kind = 'source'
            and {{ channel_alias('unioned.session_source') }} = sources.alias
    left join aliases as mediums
        on
            mediums.kind = 'medium'
            and {{ channel_alias('unioned.session_medium') }} = mediums.alias
)

select * from classified
