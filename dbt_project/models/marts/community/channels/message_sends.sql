with
{{ newest_rows(
    'events',
    ref('stg_files__message_events'),
    ['message_id', 'message_event', 'occurred_at', 'contact_id'],
    is_narrow=true
) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

mails as (
    select * from {{ ref('stg_webhooks__mail_events') }}
    where {{ is_in_scope() }} and {{ is_changed('message_id') }}
),

statuses as (
    select * from {{ ref('stg_webhooks__whatsapp_statuses') }}
    where {{ is_in_scope() }} and {{ is_changed('message_id') }}
),

received as (
    select
        company_id,
        'email' as channel,
        message_id,
        coalesce(email_hash, '') as address,
        occurred_at
    from mails
    union all
    select
        company_id,
        'whatsapp' as channel,
        message_id,
        '' as address,
        occurred_at
    from statuses
),

-- What a webhook tells of is not read from files.
told as (
    select * from received
    union all
    select
        events.company_id,
        events.channel,
        events.message_id,
        coalesce(events.contact_id, '') as address,
        events.occurred_at
    from events
    where
        not exists (
            select 1 from received
            where
                received.company_id = events.company_id
                and received.channel = events.channel
                and received.message_id = events.message_id
        )
),

-- One message may be written to many, and be told of for weeks.
written as (
    select
        told.company_id,
        told.channel,
        told.message_id,
        told.address,
        min((told.occurred_at at time zone companies.time_zone)::date)
            as first_date,
        bool_or(told.address <> '') over (
            partition by told.company_id, told.channel, told.message_id
        ) as is_address_known
    from told
    inner join companies
        on told.company_id = companies.company_id
    group by told.company_id, told.channel, told.message_id, told.address
),

campaigns as (
    select * from {{ ref('int_campaigns_counted') }}
    where
        {{ is_in_scope() }}
        and not is_told_by_person
        and first_date is not null
),

-- Of a campaign that only counters tell of, all are of the month it began.
dated as (
    select
        company_id,
        channel,
        message_id,
        first_date,
        1 as message_count
    from written
    where address <> '' or not is_address_known
    union all
    select
        company_id,
        channel,
        'campaign/' || campaign_id as message_id,
        first_date,
        sent_count as message_count
    from campaigns
),

counted as (
    select
        company_id,
        channel,
        message_id,
        date_trunc('month', first_date)::date as month_start_date,
        sum(message_count)::integer as message_count
    from dated
    group by company_id, channel, message_id, date_trunc('month', first_date)
)

select
    company_id,
    channel,
    message_id,
    month_start_date,
    (month_start_date + interval '1 month - 1 day')::date as month_end_date,
    message_count
from counted
