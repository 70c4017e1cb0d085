{#- What is counted of the campaigns of a webinar. -#}
{% macro webinar_promotion_counts() -%}
{{ return([
    'impression_count', 'rated_impression_count', 'click_count',
    'session_count', 'judged_session_count', 'bounced_session_count',
    'timed_session_count', 'engaged_seconds', 'paged_session_count',
    'page_view_count', 'new_visitor_count', 'email_sent_count',
    'email_delivered_count', 'email_opened_count', 'email_clicked_count',
]) }}
{%- endmacro %}

{#-
    The sum of one of them, null where nobody tells any. How many e-mails were delivered is
    not known while it is not known of each that was sent.
-#}
{% macro webinar_promotion_sum(name) -%}
    {%- set total = 'sum(' ~ name ~ ')::bigint' -%}
    {%- if name == 'email_delivered_count' -%}
        case
            when count(email_sent_count) = count(email_delivered_count)
                then {{ total }}
        end
    {%- else -%}
        {{ total }}
    {%- endif -%}
{%- endmacro %}

{#-
    The facts of webinar_promotion_facts by webinar and channel. What is of no one webinar
    is of '(none)': a campaign that several share is spread over none of them.
-#}
{% macro webinar_promotions() -%}
with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- Of who holds none, no campaign could be of one.
holding as (
    select distinct company_id
    from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

links as (
    select * from {{ ref('int_webinar_campaigns_current') }}
    where {{ is_in_scope() }}
),

facts as (
    {{ webinar_promotion_facts() }}
),

linked as (
    select
        facts.*,
        coalesce(by_id.webinar_id, by_name.webinar_id, '(none)') as webinar_id
    from facts
    inner join companies
        on
            facts.company_id = companies.company_id
            and coalesce(
                (facts.told_at at time zone companies.time_zone)::date,
                facts.told_date
            ) <= companies.as_of_date
    inner join holding
        on facts.company_id = holding.company_id
    left join links as by_id
        on
            facts.company_id = by_id.company_id
            and facts.campaign_alias = by_id.campaign_alias
    left join links as by_name
        on
            facts.company_id = by_name.company_id
            and facts.campaign_name_alias = by_name.campaign_alias
            -- What its id says holds, also that several webinars share it.
            and by_id.campaign_alias is null
),

summed as (
    select
        company_id,
        webinar_id,
        channel_id
        {%- for name in webinar_promotion_counts() %},
        {{ webinar_promotion_sum(name) }} as {{ name }}
        {%- endfor %}
    from linked
    group by company_id, webinar_id, channel_id
)

select * from summed
{%- endmacro %}
