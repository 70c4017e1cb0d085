with
{{ newest_rows(
    'events', ref('stg_files__product_events'), ['message_id'],
    also=[ref('stg_webhooks__product_events')],
    columns=product_event_columns(),
    is_narrow=true
) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

feature_events as (
    select
        company_id,
        lower(event_name) as event_name,
        min(feature) as feature
    from {{ ref('product_features') }}
    where {{ is_in_scope() }} and event_name is not null
    group by company_id, lower(event_name)
),

-- A clock that ran ahead of who received it says nothing.
judged as (
    select
        *,
        case
            when is_internal then 'internal'
            when occurred_at > received_at + interval '24 hours'
                then 'clock_ahead'
            when user_id is null then 'no_person'
        end as flaw
    from events
),

dated as (
    select
        judged.*,
        coalesce(judged.feature, feature_events.feature) as used_feature,
        (
            case
                when judged.flaw = 'clock_ahead' then judged.received_at
                else judged.occurred_at
            end at time zone companies.time_zone
        )::date as activity_date
    from judged
    inner join companies
        on judged.company_id = companies.company_id
    left join feature_events
        on
            judged.company_id = feature_events.company_id
            and lower(judged.event) = feature_events.event_name
),

told as (
    select
        company_id,
        message_id,
        -- What is left out says nothing of the events beside it.
        case
            when flaw is null
                then
                    md5(
                        to_char(occurred_at at time zone 'UTC', 'YYYY-MM ')
                        || user_id
                    )
            else flaw || ' ' || activity_date
        end as user_month,
        user_id,
        case when flaw is null then account_id end as account_id,
        used_feature as feature,
        session_id,
        duration_seconds::numeric(24, 6) as duration_seconds,
        coalesce(event_kind = 'identify', false) or coalesce(
            translate(lower(event), '_-', '  ') in (
                'signed in', 'sign in', 'logged in', 'login', 'log in',
                'user login', 'user logged in', 'session started',
                'inicio de sesion', 'inicio de sesión', 'ingreso'
            ),
            false
        ) as is_login,
        occurred_at,
        activity_date,
        flaw
    from dated
)

select * from told
