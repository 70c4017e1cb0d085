with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

addresses as (
    select
        *,
        bool_and(is_of_file) over (
            partition by company_id, channel, message_id
        ) as is_only_of_files
    from {{ ref('int_message_addresses') }}
    where {{ is_in_scope() }} and {{ is_changed('message_id') }}
),

-- What a webhook tells of is not read from files. One message may be written to
-- many, and be told of for weeks.
written as (
    select
        addresses.company_id,
        addresses.channel,
        addresses.message_id,
        addresses.address,
        min((addresses.occurred_at at time zone companies.time_zone)::date)
            as first_date,
        bool_or(addresses.address <> '') over (
            partition by
                addresses.company_id, addresses.channel, addresses.message_id
        ) as is_address_known
    from addresses
    inner join companies
        on addresses.company_id = companies.company_id
    where addresses.is_of_file = addresses.is_only_of_files
    group by
        addresses.company_id,
        addresses.channel,
        addresses.message_id,
        addresses.address
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
        date_trunc('month', first_date)::date as month_start_date,
        1 as message_count
    from written
    where address <> '' or not is_address_known
    union all
    select
        company_id,
        channel,
        'campaign/' || campaign_id as message_id,
        date_trunc('month', first_date)::date as month_start_date,
        sent_count as message_count
    from campaigns
),

counted as (
    select
        company_id,
        channel,
        message_id,
        month_start_date,
        (month_start_date + interval '1 month - 1 day')::date as month_end_date,
        sum(message_count)::integer as message_count
    from dated
    group by company_id, channel, message_id, month_start_date
)

select * from counted
