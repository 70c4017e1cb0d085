{#-
    How attentive a live attendee was, 0 to 10 (decision 0175): 7 parts presence, all from
    90 % of the length on, and 3 parts of the polls and offers put to the room that they
    answered. Without a length or without a call the other part is all; null without both.
-#}
{% macro webinar_attention() -%}
{%- set calls = '(coalesce(asked_poll_count, 0) + (click_weight > 0)::integer)' -%}
{%- set answered = (
    'case when poll_weight > 0 then answered_poll_count else 0 end'
    ~ ' + case when click_weight > 0 then least(1, click_count) else 0 end'
) -%}
(
            10 * (
                case when length_minutes > 0
                    then 7 * least(1, live_seconds / 60.0 / (0.9 * length_minutes))
                    else 0
                end
                + case when {{ calls }} > 0
                    then 3 * least(1, ({{ answered }})::numeric / {{ calls }})
                    else 0
                end
            ) / nullif(
                case when length_minutes > 0 then 7 else 0 end
                + case when {{ calls }} > 0 then 3 else 0 end,
                0
            )
        )::numeric(4, 2)
{%- endmacro %}
