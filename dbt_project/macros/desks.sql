{#-
    Columns of tickets and of answers that marts read, of files and of desks alike.
-#}
{% macro ticket_columns() -%}
{{ return((
    'ticket_id account_id status support_tier first_reply_business_minutes '
    ~ 'created_at first_replied_at solved_at escalated_at'
).split()) }}
{%- endmacro %}

{% macro answer_columns() -%}
{{ return((
    'response_id question_key survey_kind touchpoint respondent_id account_id '
    ~ 'score scale_min scale_max is_test answered_at'
).split()) }}
{%- endmacro %}
