with runs as (
    select
        company_id,
        run_id,
        job_name,
        as_of_date,
        status,
        message,
        started_at,
        finished_at
    from {{ source('ops', 'runs') }}
),

timed as (
    select
        company_id,
        run_id,
        job_name,
        as_of_date,
        status as outcome,
        message as reason,
        started_at,
        finished_at,
        extract(epoch from finished_at - started_at)::numeric(18, 2)
            as duration_seconds
    from runs
)

select * from timed
