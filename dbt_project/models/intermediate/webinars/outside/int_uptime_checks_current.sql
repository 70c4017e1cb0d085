with checks as (
    select * from {{ ref('stg_files__uptime_checks') }}
),

{{ newest_rows('newest', 'checks', ['site_id', 'checked_at']) }},

probed as (
    select * from {{ ref('stg_probe__uptime_checks') }}
),

unioned as (
    select
        company_id,
        site_id,
        checked_at,
        has_answered,
        response_ms,
        2 as source_rank
    from newest
    union all
    select
        company_id,
        site_id,
        checked_at,
        has_answered,
        response_ms,
        1 as source_rank
    from probed
),

-- Of one moment of a site there is one check.
ranked as (
    select
        *,
        row_number() over (
            partition by company_id, site_id, checked_at
            order by source_rank
        ) as moment_rank
    from unioned
),

told as (
    select
        company_id,
        site_id,
        checked_at,
        has_answered,
        response_ms
    from ranked
    where moment_rank = 1
)

select * from told
