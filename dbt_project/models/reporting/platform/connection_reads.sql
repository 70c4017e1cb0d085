with reads as (
    select * from {{ source('ops', 'connection_reads') }}
),

timed as (
    select
        company_id,
        read_id,
        connection_id,
        source_slug,
        run_id,
        outcome,
        read_from,
        read_to,
        row_count,
        quarantined_count,
        forgotten_count,
        byte_count,
        error,
        newest_event_at,
        started_at,
        finished_at,
        extract(epoch from finished_at - started_at)::numeric(18, 2)
            as duration_seconds
    from reads
)

select * from timed
