with companies as (
    select
        company_id,
        date_trunc('month', {{ as_of_date() }} + 1)::date as open_month
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

events as (
    select * from {{ ref('int_message_events_identified') }}
    where {{ is_in_scope() }}
),

-- One message may be written to many, and be told of for weeks.
messages as (
    select
        company_id,
        channel,
        message_id,
        recipient_id,
        min(event_date) as first_date
    from events
    group by company_id, channel, message_id, recipient_id
),

campaigns as (
    select * from {{ ref('int_campaigns_counted') }}
    where
        {{ is_in_scope() }}
        and not is_told_by_person
        and first_date is not null
),

-- Of a campaign that only counters tell of, all are of the month it began.
told as (
    select
        company_id,
        channel,
        date_trunc('month', first_date)::date as month_start_date,
        1 as message_count
    from messages
    union all
    select
        company_id,
        channel,
        date_trunc('month', first_date)::date as month_start_date,
        sent_count as message_count
    from campaigns
),

counted as (
    select
        told.company_id,
        told.month_start_date,
        told.channel,
        sum(told.message_count)::integer as message_count
    from told
    inner join companies
        on
            told.company_id = companies.company_id
            and told.month_start_date < companies.open_month
    group by told.company_id, told.month_start_date, told.channel
)

select * from counted
