with campaigns as (
    select
        *,
        date_trunc('month', first_date)::date as month_start_date
    from {{ ref('message_campaign_results') }}
    where
        {{ is_in_scope() }}
        and channel = 'email'
        and first_date is not null
        -- Of what was just sent nobody knows yet how much arrived.
        and delivered_count is not null
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

summed as (
    select
        campaigns.company_id,
        campaigns.month_start_date,
        (campaigns.month_start_date + interval '1 month')::date
        <= max(companies.as_of_date) + 1 as is_complete,
        sum(campaigns.sent_count)::integer as sent_count,
        sum(campaigns.delivered_count)::integer as delivered_count
    from campaigns
    inner join companies
        on campaigns.company_id = companies.company_id
    group by campaigns.company_id, campaigns.month_start_date
),

rated as (
    select
        *,
        {{ rate_of_many('delivered_count', 'sent_count', 'sent_count') }}
            as delivery_ratio
    from summed
)

select * from rated
