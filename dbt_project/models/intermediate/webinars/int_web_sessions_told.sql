with exported as (
    select * from {{ ref('stg_files__web_sessions') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
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
        session_count - engaged_session_count as bounced_session_count,
        new_user_count,
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
        coalesce(
            ranked.bounced_session_count,
            ranked.session_count - ranked.engaged_session_count
        ) as bounced_session_count,
        ranked.new_user_count,
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

named as (
    select
        *,
        {{ channel_alias('session_source') }} as source_alias,
        {{ channel_alias('session_medium') }} as medium_alias,
        {{ channel_alias('session_campaign') }} as campaign_alias
    from unioned
),

aliases as (
    select * from {{ ref('channel_aliases') }}
),

classified as (
    select
        named.company_id,
        named.visit_date,
        case
            when named.source_alias is null or named.source_alias = 'not_set'
                then 'unknown'
            when mediums.is_paid then coalesce(sources.paid_channel_id, 'other')
            else coalesce(sources.channel_id, mediums.channel_id, 'other')
        end as channel_id,
        named.campaign_alias,
        named.session_count,
        named.bounced_session_count,
        named.new_user_count,
        named.page_view_count,
        named.engaged_seconds
    from named
    left join aliases as sources
        on sources.kind = 'source' and named.source_alias = sources.alias
    left join aliases as mediums
        on mediums.kind = 'medium' and named.medium_alias = mediums.alias
)

select * from classified
