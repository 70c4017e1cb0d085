with latencies as (
    select
        company_id,
        source_slug,
        landing_minutes,
        readable_minutes,
        event_count
    from {{ source('ops', 'event_latencies') }}
    where readable_at >= now() - interval '30 days'
),

service_level_sources as (
    select * from {{ ref('service_level_sources') }}
),

service_level_targets as (
    select * from {{ ref('service_level_targets') }}
),

staged as (
    select
        company_id,
        source_slug,
        'landed' as stage_id,
        landing_minutes as minutes,
        event_count
    from latencies
    union all
    select
        company_id,
        source_slug,
        'readable' as stage_id,
        readable_minutes as minutes,
        event_count
    from latencies
),

grouped as (
    select
        company_id,
        source_slug,
        stage_id,
        minutes,
        sum(event_count) as event_count
    from staged
    group by company_id, source_slug, stage_id, minutes
),

accumulated as (
    select
        company_id,
        source_slug,
        stage_id,
        minutes,
        event_count,
        sum(event_count) over (
            partition by company_id, source_slug, stage_id order by minutes
        ) as event_count_so_far,
        sum(event_count) over (
            partition by company_id, source_slug, stage_id
        ) as event_count_in_all
    from grouped
),

levelled as (
    select
        accumulated.company_id,
        accumulated.source_slug,
        service_level_sources.service_level,
        service_level_targets.target_minutes,
        accumulated.stage_id,
        accumulated.minutes,
        accumulated.event_count,
        accumulated.event_count_so_far,
        accumulated.event_count_in_all
    from accumulated
    inner join service_level_sources
        on accumulated.source_slug = service_level_sources.source_slug
    inner join service_level_targets
        on
            service_level_sources.service_level
            = service_level_targets.service_level
),

summed as (
    select
        company_id,
        source_slug,
        service_level,
        stage_id,
        target_minutes,
        sum(event_count)::bigint as event_count,
        min(minutes) filter (
            where event_count_so_far >= 0.5 * event_count_in_all
        ) as median_minutes,
        min(minutes) filter (
            where event_count_so_far >= 0.95 * event_count_in_all
        ) as p95_minutes,
        max(minutes) as max_minutes,
        (
            coalesce(
                sum(event_count) filter (where minutes <= target_minutes), 0
            )
            / sum(event_count)
        )::double precision as share_within_target
    from levelled
    group by company_id, source_slug, service_level, stage_id, target_minutes
)

select * from summed
