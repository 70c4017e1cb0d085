{#- As long a delivery may be told late: mail is tried again for 4 to 5 days
    (RFC 5321, 4.5.4.1). -#}
{%- set window_days = 7 -%}
with
{{ newest_rows(
    'campaigns', ref('stg_files__message_campaigns'), ['campaign_id']
) }},

counted as (
    select * from {{ ref('int_campaigns_counted') }}
    where {{ is_in_scope() }}
),

converted as (
    select * from {{ ref('int_message_conversions') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

joined as (
    select
        counted.company_id,
        counted.campaign_id,
        counted.channel,
        coalesce(
            counted.campaign_name, campaigns.campaign_name, counted.campaign_id
        ) as campaign_name,
        counted.first_date,
        counted.first_date + {{ window_days }} <= companies.as_of_date
            as is_complete,
        counted.sent_count,
        case
            when
                not counted.is_delivery_awaited
                or counted.first_date + {{ window_days }}
                <= companies.as_of_date
                then counted.delivered_count
        end::integer as delivered_count,
        counted.opened_count,
        counted.opened_by_human_count,
        counted.clicked_count,
        counted.replied_count,
        counted.failed_count,
        counted.complained_count,
        counted.unsubscribed_count,
        case
            when counted.is_told_by_person
                then coalesce(converted.converted_count, 0)
        end::integer as converted_count,
        campaigns.campaign_cost::numeric(24, 6) as campaign_cost,
        campaigns.currency_code
    from counted
    inner join companies
        on counted.company_id = companies.company_id
    left join campaigns
        on
            counted.company_id = campaigns.company_id
            and counted.campaign_id = campaigns.campaign_id
    left join converted
        on
            counted.company_id = converted.company_id
            and counted.campaign_id = converted.campaign_id
            and counted.channel = converted.channel
)

select * from joined
