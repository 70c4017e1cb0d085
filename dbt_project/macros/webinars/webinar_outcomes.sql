{#-
    What came of the webinars that were held, by a key: webinar_id, month_start_date or
    channel_id. Each person of a webinar is in one channel, so counts add up. Rates of
    sales are null until the 30 days of all webinars in them are over; those of a channel,
    where some are always recent, are of the webinars whose days are (decision 0195). A
    cost or a return is null where a cost has no rate. A webinar of which nobody tells who
    came is in no rate, and in no count of who came or bought. Who wrote, asked or answered
    is a share of the attendees of webinars that had a chat, questions or polls, null where
    none had. Intervals are Wilson's, of 95 %.
-#}
{% macro webinar_outcomes(key) -%}
{%- set counts = [
    'registrant_count', 'late_registrant_count', 'cancelled_count', 'show_count',
    'attendee_count', 'unregistered_attendee_count', 'on_demand_viewer_count',
    'live_seconds', 'chatter_count', 'asker_count', 'poll_taker_count',
    'engagement_sum', 'engagement_count', 'attention_sum', 'attention_count',
    'satisfaction_sum', 'satisfaction_count',
    'conversion_count', 'order_count', 'net_revenue',
] -%}
{%- set registered = [
    'registrant_count', 'late_registrant_count', 'cancelled_count',
    'on_demand_viewer_count',
] -%}
{%- set costs = ['cost_amount', 'unpriced_cost_count'] -%}
{%- set rooms = {
    'chat': 'webinars.has_chat',
    'question': 'webinars.has_questions',
    'poll': 'webinars.poll_count > 0',
} -%}
{%- set is_sold = 'webinars.is_conversion_over and webinars.is_attendance_told' -%}
{%- set sold = ['attendee_count', 'conversion_count', 'net_revenue'] + costs -%}
{%- set is_known = 'true' if key == 'channel_id' else 'is_conversion_over' -%}
with webinars as (
    select
        *,
        date_trunc('month', start_date)::date as month_start_date
    from {{ ref('webinars') }}
    where {{ is_in_scope() }} and is_held
),

facts as (
    select
        company_id, webinar_id, channel_id
        {%- for name in counts %}, {{ name }}{% endfor %}
        {%- for name in costs %}, 0 as {{ name }}{% endfor %}
    from {{ ref('webinar_channel_totals') }}
    where {{ is_in_scope() }}
    union all
    select
        company_id, webinar_id, channel_id
        {%- for name in counts %}, 0 as {{ name }}{% endfor %}
        {%- for name in costs %}, {{ name }}{% endfor %}
    from {{ ref('webinar_costs') }}
    where {{ is_in_scope() }}
),

summed as (
    select
        webinars.company_id,
        {{ 'facts' if key == 'channel_id' else 'webinars' }}.{{ key }},
        count(distinct webinars.webinar_id)::integer as webinar_count,
        bool_and(webinars.is_month_over) as is_complete,
        bool_and(webinars.is_conversion_over) as is_conversion_over,
        count(distinct webinars.webinar_id) filter (
            where
            not webinars.is_attendance_told
            -- Of today's nobody can have told yet.
            and webinars.start_date < webinars.as_of_date
        )::integer as untold_webinar_count
        {%- for name in registered + costs %},
        coalesce(sum(facts.{{ name }}), 0) as {{ name }}
        {%- endfor %}
        {%- for name in counts if name not in registered %},
        case
            when bool_or(webinars.is_attendance_told)
                then coalesce(sum(facts.{{ name }}), 0)
        end as {{ name }}
        {%- endfor %},
        coalesce(
            sum(facts.registrant_count) filter (
                where webinars.is_attendance_told
            ), 0
        ) as told_registrant_count
        {%- for name, was_there in rooms.items() %},
        sum(facts.attendee_count) filter (where {{ was_there }})
            as {{ name }}_attendee_count
        {%- endfor %}
        {%- for name in sold %},
        coalesce(
            sum(facts.{{ name }}) filter (where {{ is_sold }}), 0
        ) as sold_{{ name }}
        {%- endfor %}
    from webinars
    {{ 'inner' if key == 'channel_id' else 'left' }} join facts
        on
            webinars.company_id = facts.company_id
            and webinars.webinar_id = facts.webinar_id
    group by
        webinars.company_id,
        {{ 'facts' if key == 'channel_id' else 'webinars' }}.{{ key }}
),

rated as (
    select
        company_id,
        {{ key }},
        webinar_count,
        is_complete,
        is_conversion_over,
        untold_webinar_count,
        told_registrant_count::integer as told_registrant_count,
        {%- for name in counts if name.endswith('_count') %}
        {{ name }}::integer as {{ name }},
        {%- endfor %}
        show_count / nullif(told_registrant_count, 0)::double precision
            as show_ratio,
        {{ wilson_bound('show_count', 'told_registrant_count', -1) }}
            as show_ratio_lower,
        {{ wilson_bound('show_count', 'told_registrant_count', 1) }}
            as show_ratio_upper,
        (live_seconds / 60.0 / nullif(attendee_count, 0))::numeric(10, 1)
            as attended_minutes_mean,
        chatter_count / nullif(chat_attendee_count, 0)::double precision
            as chat_ratio,
        asker_count / nullif(question_attendee_count, 0)::double precision
            as question_ratio,
        poll_taker_count / nullif(poll_attendee_count, 0)::double precision
            as poll_ratio,
        (engagement_sum / nullif(engagement_count, 0))::numeric(6, 2)
            as engagement_mean,
        (attention_sum / nullif(attention_count, 0))::numeric(4, 2)
            as attention_mean,
        (satisfaction_sum / nullif(satisfaction_count, 0))::numeric(4, 2)
            as satisfaction_mean,
        case when {{ is_known }} then
            sold_conversion_count
            / nullif(sold_attendee_count, 0)::double precision
        end as conversion_ratio,
        case when {{ is_known }} then
            {{ wilson_bound('sold_conversion_count', 'sold_attendee_count', -1) }}
        end as conversion_ratio_lower,
        case when {{ is_known }} then
            {{ wilson_bound('sold_conversion_count', 'sold_attendee_count', 1) }}
        end as conversion_ratio_upper,
        net_revenue::numeric(18, 2) as net_revenue,
        unpriced_cost_count::integer as unpriced_cost_count,
        case when unpriced_cost_count = 0 then cost_amount end
            ::numeric(18, 2) as cost_amount,
        case when unpriced_cost_count = 0 and cost_amount > 0 then
            cost_amount / nullif(registrant_count + late_registrant_count, 0)
        end::numeric(18, 2) as cost_per_registrant,
        case
            when
                {{ is_known }} and sold_unpriced_cost_count = 0
                and sold_cost_amount > 0
                then (
                    (sold_net_revenue - sold_cost_amount) / sold_cost_amount
                )
        end::double precision as return_ratio
    from summed
)

select * from rated
{%- endmacro %}
