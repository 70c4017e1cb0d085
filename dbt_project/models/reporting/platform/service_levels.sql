with connections as (
    select distinct
        company_id,
        source_slug
    from {{ source('ops', 'connections') }}
),

companies as (
    select
        company_id,
        is_read_hourly,
        is_read_tactically
    from {{ source('ops', 'companies') }}
),

measurements as (
    select
        company_id,
        source_slug,
        data_as_of,
        complete_until,
        readable_at,
        lead(readable_at) over (
            partition by company_id, source_slug order by data_as_of
        ) as next_readable_at
    from {{ source('ops', 'freshness_measurements') }}
),

service_level_sources as (
    select * from {{ ref('service_level_sources') }}
),

service_level_targets as (
    select * from {{ ref('service_level_targets') }}
),

promised as (
    select
        connections.company_id,
        connections.source_slug,
        service_level_targets.service_level,
        service_level_targets.target_minutes,
        service_level_targets.label_es,
        service_level_targets.label_en,
        make_interval(mins => service_level_targets.target_minutes)
            as target_interval
    from connections
    inner join companies
        on connections.company_id = companies.company_id
    inner join service_level_sources
        on connections.source_slug = service_level_sources.source_slug
    inner join service_level_targets
        on
            service_level_sources.service_level
            = service_level_targets.service_level
    where
        case service_level_targets.service_level
            when 'tactical' then companies.is_read_tactically
            when 'operational' then companies.is_read_hourly
            else true
        end
),

spans as (
    select
        promised.company_id,
        promised.source_slug,
        promised.service_level,
        measurements.data_as_of,
        measurements.complete_until,
        measurements.complete_until + promised.target_interval as due_at,
        measurements.next_readable_at,
        greatest(measurements.readable_at, now() - interval '30 days')
            as span_started_at,
        coalesce(measurements.next_readable_at, now()) as span_ended_at
    from promised
    inner join measurements
        on
            promised.company_id = measurements.company_id
            and promised.source_slug = measurements.source_slug
),

met as (
    select
        company_id,
        source_slug,
        service_level,
        sum(extract(epoch from span_ended_at - span_started_at)) as seconds,
        sum(
            extract(
                epoch from
                greatest(
                    least(span_ended_at, due_at), span_started_at
                ) - span_started_at
            )
        ) as met_seconds
    from spans
    where span_ended_at > span_started_at
    group by company_id, source_slug, service_level
),

by_source as (
    select
        promised.company_id,
        promised.source_slug,
        promised.service_level,
        promised.target_minutes,
        promised.label_es,
        promised.label_en,
        spans.data_as_of,
        -- The greatest of nothing and nought would be nought.
        case
            when spans.complete_until < now()
                then extract(epoch from now() - spans.complete_until) / 60
            when spans.complete_until >= now() then 0
        end as age_minutes,
        coalesce(spans.due_at >= now(), false) as is_met,
        (met.met_seconds / nullif(met.seconds, 0))::double precision
            as met_share
    from promised
    left join spans
        on
            promised.company_id = spans.company_id
            and promised.source_slug = spans.source_slug
            and promised.service_level = spans.service_level
            and spans.next_readable_at is null
    left join met
        on
            promised.company_id = met.company_id
            and promised.source_slug = met.source_slug
            and promised.service_level = met.service_level
),

by_level as (
    select
        company_id,
        service_level,
        label_es as service_level_label_es,
        label_en as service_level_label_en,
        target_minutes,
        (
            array_agg(
                source_slug
                order by age_minutes desc nulls first, source_slug asc
            )
        )[1] as source_slug,
        case when bool_and(data_as_of is not null) then min(data_as_of) end
            as data_as_of,
        case when bool_and(age_minutes is not null) then max(age_minutes) end
        ::numeric(18, 2) as age_minutes,
        bool_and(is_met) as is_met,
        min(met_share) as met_share_30d
    from by_source
    group by company_id, service_level, label_es, label_en, target_minutes
)

select * from by_level
