with ended as (
    select * from {{ ref('int_flow_runs_ended') }}
),

-- A flow is down from the end of a run that failed to the end of the next that
-- did not.
marked as (
    select
        *,
        count(*) filter (where status = 'succeeded') over (
            partition by company_id, flow_name
            order by ended_at, run_id
            rows between unbounded preceding and 1 preceding
        ) as success_number
    from ended
),

outages as (
    select
        company_id,
        flow_name,
        coalesce(success_number, 0) as success_number,
        min(ended_at) filter (where status = 'failed') as failed_at,
        min(ended_at) filter (where status = 'succeeded') as restored_at
    from marked
    group by company_id, flow_name, coalesce(success_number, 0)
)

select * from outages
where failed_at is not null
