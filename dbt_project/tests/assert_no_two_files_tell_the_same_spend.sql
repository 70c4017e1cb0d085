{{ config(meta={'tells': true}) }}

-- No two files tell the same spend of a channel under other campaigns: the
-- platform's export by campaign and a sheet of sums by day, read together, are
-- twice the cost. Looked at are days of a channel that two files tell, of what
-- counts; files that name the same campaigns are not both counted.
{%- set least_days = 7 -%}
{%- set least_share = 0.8 -%}
{%- set least_distinct = 0.5 %}

with counted as (
    select
        company_id,
        channel_id,
        account_id,
        campaign_id,
        spend_date,
        original_currency_code
    from {{ ref('campaign_days') }}
    where
        source_slug = 'files'
        and exclusion_reason is null
        and {{ is_in_scope() }}
),

days as (
    select
        told.company_id,
        told.channel_id,
        told.currency_code,
        told.file_name,
        told.spend_date,
        round(sum(told.spend), 2) as spend
    from {{ ref('int_ad_spend_deduplicated') }} as told
    inner join counted
        on
            told.company_id = counted.company_id
            and told.channel_id = counted.channel_id
            and coalesce(told.account_id, 'unnamed') = counted.account_id
            and told.campaign_id = counted.campaign_id
            and told.spend_date = counted.spend_date
            and told.currency_code = counted.original_currency_code
    where {{ is_in_scope('told.company_id') }} and told.channel_id <> 'other'
    group by
        told.company_id,
        told.channel_id,
        told.currency_code,
        told.file_name,
        told.spend_date
    having sum(told.spend) > 0
),

pairs as (
    select
        one.company_id,
        one.channel_id,
        one.file_name,
        other.file_name as other_name,
        count(*) as day_count,
        count(*) filter (where abs(one.spend - other.spend) <= 0.01)
            as equal_count,
        count(distinct one.spend) filter (
            where abs(one.spend - other.spend) <= 0.01
        ) as amount_count,
        sum(one.spend) filter (where abs(one.spend - other.spend) <= 0.01)
            as equal_spend
    from days as one
    inner join days as other
        on
            one.company_id = other.company_id
            and one.channel_id = other.channel_id
            and one.currency_code = other.currency_code
            and one.spend_date = other.spend_date
            and one.file_name < other.file_name
    group by one.company_id, one.channel_id, one.file_name, other.file_name
),

said as (
    select
        *,
        format(
            '%s and %s of %s tell the same spend of %s: on %s of %s common days'
            ' both come to the same, and %s would be counted twice. Keep one of'
            ' them: take the other file out of its folder, or timonel connect'
            ' remove.',
            file_name,
            other_name,
            company_id,
            channel_id,
            equal_count,
            day_count,
            to_char(equal_spend, 'FM999999999999990.00')
        ) as message
    from pairs
    where
        equal_count >= {{ least_days }}
        and equal_count >= {{ least_share }} * day_count
        and amount_count >= {{ least_distinct }} * equal_count
)

select * from said
