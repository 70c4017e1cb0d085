with
{{ newest_rows('attempts', ref('stg_files__access_log'), ['attempt_id']) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

refusals as (
    select * from {{ ref('stg_ops__webhook_refusals') }}
    where {{ is_in_scope() }}
),

logins as (
    select * from {{ ref('stg_ops__refused_logins') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        attempts.company_id,
        attempts.system_name,
        (attempts.attempted_at at time zone companies.time_zone)::date
            as attempt_date,
        count(*)::integer as attempt_count,
        count(*) filter (where attempts.outcome = 'refused')::integer
            as refused_attempt_count
    from attempts
    inner join companies
        on attempts.company_id = companies.company_id
    group by
        attempts.company_id,
        attempts.system_name,
        (attempts.attempted_at at time zone companies.time_zone)::date
),

-- What came to the receiver without its sender's signature.
received as (
    select
        company_id,
        'receiver/' || connection_id as system_name,
        refused_date as attempt_date,
        sum(refusal_count)::integer as attempt_count,
        sum(refusal_count)::integer as refused_attempt_count
    from refusals
    group by company_id, connection_id, refused_date
),

-- What the platform's own servers did not let in; of who was, logs do not tell.
not_let_in as (
    select
        logins.company_id,
        logins.system_name,
        (logins.refused_at at time zone companies.time_zone)::date
            as attempt_date,
        logins.refusal_count
    from logins
    inner join companies
        on logins.company_id = companies.company_id
),

entered as (
    select
        company_id,
        'timonel/' || system_name as system_name,
        attempt_date,
        sum(refusal_count)::integer as attempt_count,
        sum(refusal_count)::integer as refused_attempt_count
    from not_let_in
    group by company_id, system_name, attempt_date
),

unioned as (
    select * from counted
    union all
    select * from received
    union all
    select * from entered
)

select * from unioned
