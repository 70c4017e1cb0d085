with exported as (
    select * from {{ ref('stg_files__web_sessions') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

analytics as (
    select * from {{ ref('stg_ga4__source_days') }}
),

ranked as (
    select
        exported.*,
        -- All rows of the file exported last: a day is told whole.
        dense_rank() over (
            partition by
                exported.company_id, exported.site, exported.visit_date
            order by files.exported_at desc, files.file_name desc
        ) as recency_rank
    from exported
    inner join files
        on
            exported.company_id = files.company_id
            and exported.file_sha256 = files.file_sha256
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
        session_count - engaged_session_count as bounced_session_count,
        new_user_count,
        key_event_count,
        page_view_count,
        engaged_seconds
    from analytics
    union all
    select
        ranked.company_id,
        ranked.visit_date,
        ranked.session_source,
        ranked.session_medium,
        ranked.session_campaign,
        ranked.session_count,
        ranked.engaged_session_count,
        coalesce(
            ranked.bounced_session_count,
            ranked.session_count - ranked.engaged_session_count
        ) as bounced_session_count,
        ranked.new_user_count,
        null::numeric as key_event_count,
        ranked.page_view_count,
        ranked.engaged_seconds
    from ranked
    where
        ranked.recency_rank = 1
        and not exists (
            select 1 from analytics
            where
                analytics.company_id = ranked.company_id
                and analytics.visit_date = ranked.visit_date
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
        unioned.bounced_session_count,
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
