with reads as (
    select
        company_id,
        source_slug,
        finished_at at time zone 'UTC' as finished_at_utc,
        row_count,
        quarantined_count,
        byte_count,
        extract(epoch from finished_at - started_at)::double precision
            as duration_seconds
    from {{ source('ops', 'connection_reads') }}
    where finished_at is not null and row_count is not null
),

dated as (
    select
        reads.company_id,
        reads.source_slug,
        periods.period_type,
        date_trunc(periods.period_type, reads.finished_at_utc)
        at time zone 'UTC' as period_started_at,
        reads.row_count,
        reads.quarantined_count,
        reads.byte_count,
        reads.row_count / nullif(reads.duration_seconds, 0)
            as rows_per_second
    from reads
    cross join
        lateral (values ('hour'), ('day')) as periods (period_type)
),

summed as (
    select
        company_id,
        source_slug,
        period_type,
        period_started_at,
        count(*)::integer as read_count,
        sum(row_count)::bigint as row_count,
        sum(quarantined_count)::bigint as quarantined_count,
        sum(byte_count)::bigint as byte_count,
        max(rows_per_second) as peak_rows_per_second
    from dated
    group by company_id, source_slug, period_type, period_started_at
)

select * from summed
