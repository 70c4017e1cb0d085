{%- set z_of_99 = '2.5758293035489004' -%}
with campaigns as (
    select
        company_id,
        campaign_id,
        channel,
        campaign_name,
        first_date,
        delivered_count,
        clicked_count
    from {{ ref('message_campaign_results') }}
    where
        {{ is_in_scope() }}
        and is_complete
        -- Counters of a platform may tell more clicks than people.
        and clicked_count <= delivered_count
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

of_a_year as (
    select
        campaigns.*,
        companies.as_of_date,
        sum(campaigns.delivered_count) over (
            partition by campaigns.company_id, campaigns.channel
        ) - campaigns.delivered_count as others_delivered_count,
        sum(campaigns.clicked_count) over (
            partition by campaigns.company_id, campaigns.channel
        ) - campaigns.clicked_count as others_clicked_count
    from campaigns
    inner join companies
        on campaigns.company_id = companies.company_id
    where campaigns.first_date > companies.as_of_date - 365
),

bounded as (
    select
        company_id,
        campaign_id,
        channel,
        campaign_name,
        first_date,
        delivered_count,
        clicked_count,
        others_delivered_count::integer as others_delivered_count,
        others_clicked_count::integer as others_clicked_count,
        as_of_date,
        clicked_count::double precision / delivered_count as click_ratio,
        others_clicked_count::double precision / others_delivered_count
            as others_click_ratio,
        {{ wilson_bound('clicked_count', 'delivered_count', -1, z_of_99) }}
            as lower,
        {{ wilson_bound('clicked_count', 'delivered_count', 1, z_of_99) }}
            as upper,
        {{ wilson_bound(
            'others_clicked_count', 'others_delivered_count', -1, z_of_99
        ) }} as others_lower,
        {{ wilson_bound(
            'others_clicked_count', 'others_delivered_count', 1, z_of_99
        ) }} as others_upper
    from of_a_year
    where
        first_date > as_of_date - 90
        and delivered_count >= 30
        and others_delivered_count >= 30
),

compared as (
    select
        company_id,
        campaign_id,
        channel,
        campaign_name,
        first_date,
        delivered_count,
        clicked_count,
        others_delivered_count,
        others_clicked_count,
        click_ratio,
        others_click_ratio,
        click_ratio - others_click_ratio as difference_ratio,
        click_ratio - others_click_ratio - sqrt(
            (click_ratio - lower) ^ 2 + (others_upper - others_click_ratio) ^ 2
        ) as difference_ratio_lower,
        click_ratio - others_click_ratio + sqrt(
            (upper - click_ratio) ^ 2 + (others_click_ratio - others_lower) ^ 2
        ) as difference_ratio_upper,
        as_of_date
    from bounded
)

select * from compared
