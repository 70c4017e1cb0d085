with
{{ newest_rows('runs', ref('stg_files__automation_runs'), ['run_id']) }},

ended as (
    select
        company_id,
        flow_name,
        status,
        started_at,
        coalesce(finished_at, started_at) as ended_at,
        run_id
    from runs
    where status <> 'running'
)

select * from ended
