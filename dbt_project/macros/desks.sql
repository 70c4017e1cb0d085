{#-
    Tickets, and columns of answers and events, that marts read of whoever tells of them.
-#}
{% macro newest_tickets() -%}
{{ newest_rows(
    'tickets', ref('stg_files__tickets'), ['ticket_id'],
    also=[ref('int_tickets_told')], columns=(
        'ticket_id account_id status support_tier first_reply_business_minutes '
        ~ 'created_at first_replied_at solved_at escalated_at'
    ).split()
) }}
{%- endmacro %}

{% macro answer_columns() -%}
{{ return((
    'response_id question_key survey_kind touchpoint respondent_id account_id '
    ~ 'score scale_min scale_max is_test answered_at'
).split()) }}
{%- endmacro %}

{% macro product_event_columns() -%}
{{ return((
    'message_id event_kind event user_id account_id feature session_id '
    ~ 'duration_seconds is_internal occurred_at received_at'
).split()) }}
{%- endmacro %}


{#-
    The account that rows of a desk are of: by the id that the shop wrote into the desk,
    else by the domain of its people. Joined to a `rows` with `own_account_id` and
    `email_domain`; gives `ids` and `domains`, to be taken in this order.
-#}
{% macro desk_accounts(rows) -%}
left join {{ ref('int_account_names') }} as ids
    on
        {{ rows }}.company_id = ids.company_id
        and ids.name_kind = 'account_id'
        and {{ rows }}.own_account_id = ids.called
left join {{ ref('int_account_names') }} as domains
    on
        {{ rows }}.company_id = domains.company_id
        and domains.name_kind = 'email_domain'
        and {{ rows }}.email_domain = domains.called
{%- endmacro %}
