with companies as (
    select
        company_id,
        time_zone,
        -- Pages show 90 days: what a build costs does not grow with history.
        ({{ as_of_date() }} - 90)::timestamptz as shown_from
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

received as (
    select * from {{ ref('stg_webhooks__events') }}
    where {{ is_in_scope() }}
),

tactical as (
    select 60 * target_minutes as target_seconds
    from {{ ref('service_level_targets') }}
    where service_level = 'tactical'
),

events as (
    select
        events.company_id,
        events.connection_id,
        events.received_at,
        (events.received_at at time zone companies.time_zone)::date
            as received_date,
        extract(epoch from events.written_at - events.occurred_at)
            as seconds_since,
        tactical.target_seconds
    from received as events
    inner join companies
        on events.company_id = companies.company_id
    cross join tactical
    where events.received_at >= companies.shown_from
),

-- The longest that a sender tries again is seven days (WhatsApp Cloud API,
-- *Webhooks*): what is older was sent as history, and waited for nobody.
judged as (
    select
        company_id,
        connection_id,
        received_date,
        -- A clock that is ahead waited for nothing; without one nobody knows.
        case when seconds_since is not null then greatest(seconds_since, 0) end
            as latency_seconds,
        seconds_since <= 7 * 24 * 60 * 60 as is_live,
        seconds_since <= target_seconds as is_punctual,
        count(*) over (
            partition by
                company_id, connection_id, date_trunc('hour', received_at)
        ) as event_count_of_hour,
        count(*) over (
            partition by
                company_id, connection_id, date_trunc('second', received_at)
        ) as event_count_of_second
    from events
)

select
    company_id,
    connection_id,
    received_date,
    count(*)::integer as event_count,
    max(event_count_of_hour)::integer as busiest_hour_event_count,
    max(event_count_of_second)::integer as busiest_second_event_count,
    (count(*) filter (where is_live))::integer as live_event_count,
    (count(*) filter (where is_live and is_punctual))::integer
        as punctual_event_count,
    (
        percentile_disc(0.5) within group (order by latency_seconds)
        filter (where is_live)
    )::numeric(18, 3) as latency_p50_seconds,
    (
        percentile_disc(0.95) within group (order by latency_seconds)
        filter (where is_live)
    )::numeric(18, 3) as latency_p95_seconds,
    (max(latency_seconds) filter (where is_live))::numeric(18, 3)
        as latency_max_seconds
from judged
group by company_id, connection_id, received_date
