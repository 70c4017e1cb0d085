with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
),

feature_events as (
    select
        company_id,
        lower(event_name) as event_name,
        min(feature) as feature
    from features
    where event_name is not null
    group by company_id, lower(event_name)
),

-- What is left out says nothing of the events beside it.
told as (
    select
        *,
        count(account_id) over (
            partition by company_id, user_id, flaw
            order by occurred_at, message_id
        ) as account_number,
        coalesce(
            occurred_at - lag(occurred_at) over (
                partition by company_id, user_id, flaw
                order by occurred_at, message_id
            ) <= interval '30 minutes',
            false
        ) as is_going_on
    from {{ ref('int_product_events_judged') }}
),

-- Who does not say which account is of the one they said last, never a later.
filled as (
    select
        *,
        max(account_id) over (
            partition by company_id, user_id, flaw, account_number
        ) as known_account_id,
        count(*) filter (where not is_going_on) over (
            partition by company_id, user_id, flaw
            order by occurred_at, message_id
        ) as session_number
    from told
),

identified as (
    select
        filled.company_id,
        filled.message_id,
        coalesce(merged.account_id, filled.known_account_id) as account_id,
        filled.user_id,
        filled.occurred_at,
        (
            case
                when filled.flaw = 'clock_ahead' then filled.received_at
                else filled.occurred_at
            end at time zone companies.time_zone
        )::date as activity_date,
        coalesce(filled.session_id, '#' || filled.session_number)
            as session_id,
        filled.duration_seconds,
        coalesce(filled.feature, feature_events.feature) as feature,
        coalesce(filled.event_kind = 'identify', false) or coalesce(
            translate(lower(filled.event), '_-', '  ') in (
                'signed in', 'sign in', 'logged in', 'login', 'log in',
                'user login', 'user logged in', 'session started',
                'inicio de sesion', 'inicio de sesión', 'ingreso'
            ),
            false
        ) as is_login,
        case
            when filled.flaw is not null then filled.flaw
            when filled.known_account_id is null then 'no_account'
        end as left_out_reason
    from filled
    inner join companies
        on filled.company_id = companies.company_id
    left join merged
        on
            filled.company_id = merged.company_id
            and filled.known_account_id = merged.merged_account_id
    left join feature_events
        on
            filled.company_id = feature_events.company_id
            and lower(filled.event) = feature_events.event_name
)

select * from identified
