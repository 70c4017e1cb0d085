with
{{ newest_rows(
    'campaigns', ref('stg_files__message_campaigns'), ['campaign_id']
) }},

counted as (
    select * from {{ ref('int_campaigns_counted') }}
),

named as (
    select
        counted.company_id,
        campaigns.sequence_name,
        counted.channel,
        counted.campaign_id,
        counted.first_date,
        counted.sent_count,
        (
            regexp_match(
                coalesce(counted.campaign_name, campaigns.campaign_name),
                '(\d{1,4})\D*$'
            )
        )[1]::integer as told_number
    from counted
    inner join campaigns
        on
            counted.company_id = campaigns.company_id
            and counted.campaign_id = campaigns.campaign_id
    where campaigns.sequence_name is not null
),

sequences as (
    select
        company_id,
        sequence_name,
        channel,
        count(distinct told_number) = count(*) as is_numbered
    from named
    group by company_id, sequence_name, channel
),

-- By the numbers in their names where each has its own: a message that is put
-- between two others later is sent later than both. Else by its first day.
placed as (
    select
        named.*,
        row_number() over (
            partition by named.company_id, named.sequence_name, named.channel
            order by
                case when sequences.is_numbered then named.told_number end,
                named.first_date,
                named.campaign_id
        ) as step_number,
        sequences.is_numbered
    from named
    inner join sequences
        on
            named.company_id = sequences.company_id
            and named.sequence_name = sequences.sequence_name
            and named.channel = sequences.channel
)

select * from placed
