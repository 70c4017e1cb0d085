{#-
    A webinar from who saw it announced to who bought, by `key`: webinar_id, or that and
    channel_id. What could not be linked to one webinar is of '(none)', and never spread.
    Counts are null where nothing was told of them, also of who came and bought. No rate is
    of less than 30.
-#}
{% macro webinar_funnel(key) -%}
{%- set promoted = webinar_promotion_counts() -%}
{%- set came = [
    'registrant_count', 'attendee_count', 'conversion_count', 'order_count',
    'net_revenue',
] -%}
with promotions as (
    select * from {{ ref('webinar_promotions') }}
    where {{ is_in_scope() }}
),

people as (
    select
        totals.*,
        webinars.is_attendance_told
    from {{ ref('webinar_channel_totals') }} as totals
    inner join {{ ref('webinars') }} as webinars
        on
            totals.company_id = webinars.company_id
            and totals.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('totals.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
),

unioned as (
    select
        company_id, webinar_id, channel_id
        {%- for name in promoted %}, {{ name }}{% endfor %}
        {%- for name in came %}, null::numeric as {{ name }}{% endfor %}
    from promotions
    union all
    select
        company_id, webinar_id, channel_id
        {%- for name in promoted %}, null as {{ name }}{% endfor %},
        registrant_count + late_registrant_count as registrant_count
        {%- for name in came[1:] %},
        case when is_attendance_told then {{ name }} end as {{ name }}
        {%- endfor %}
    from people
),

summed as (
    select
        company_id,
        {{ key | join(', ') }}
        {%- for name in promoted + came[:-1] %},
        {{ webinar_promotion_sum(name) }} as {{ name }}
        {%- endfor %},
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from unioned
    group by company_id, {{ key | join(', ') }}
),

rated as (
    select
        *,
        webinar_id <> '(none)' as is_linked,
        {{ rate_of_many(
            'click_count', 'rated_impression_count', 'rated_impression_count'
        ) }} as click_ratio,
        {{ rate_of_many(
            'engaged_seconds', 'timed_session_count', 'timed_session_count'
        ) }} as session_seconds_mean,
        {{ rate_of_many(
            'bounced_session_count', 'judged_session_count',
            'judged_session_count'
        ) }} as bounce_ratio,
        {{ rate_of_many(
            'page_view_count', 'paged_session_count', 'paged_session_count'
        ) }} as pages_per_session,
        {{ rate_of_many(
            'email_opened_count', 'email_sent_count', 'email_sent_count'
        ) }} as email_open_ratio,
        {{ rate_of_many(
            'email_opened_count', 'email_delivered_count',
            'email_delivered_count'
        ) }} as email_delivered_open_ratio,
        {{ rate_of_many(
            'email_clicked_count', 'email_sent_count', 'email_sent_count'
        ) }} as email_click_ratio,
        (net_revenue / nullif(order_count, 0))::numeric(18, 2)
            as order_value_mean
    from summed
)

select * from rated
{%- endmacro %}
