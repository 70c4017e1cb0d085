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

{#-
    Whether a condition of an SLA policy holds of a ticket: 1, or 0; 0.5 of what is not
    known of tickets here, such as who works on it. Several tags stand apart by spaces, and
    one of them is enough. Source: developer.zendesk.com, Conditions reference.
-#}
{% macro holds_of_ticket() -%}
case
    when conditions.field = 'current_tags' and conditions.relation = 'includes'
        then coalesce(
            tickets.tags ?| string_to_array(conditions.asked, ' '), false
        )::integer
    when
        conditions.field = 'current_tags'
        and conditions.relation = 'not_includes'
        then 1 - coalesce(
            tickets.tags ?| string_to_array(conditions.asked, ' '), false
        )::integer
    when
        conditions.field in ('priority', 'organization_id')
        and conditions.relation in ('is', 'is_not')
        then (
            (
                case conditions.field
                    when 'priority' then tickets.priority
                    else tickets.organization_id
                end is not distinct from nullif(conditions.asked, '')
            ) = (conditions.relation = 'is')
        )::integer
    else 0.5
end
{%- endmacro %}

{#-
    The verdict on the first reply of each ticket of the CTE `timed`, in the CTE `judged`:
    on the clock of the desk's policy where one is told, else on that of the tier. What
    came after the day that is asked about was not known then. Without an answer nobody
    tells the business clock: four days hold some of it, and a policy's longer targets
    five times as many minutes of the calendar, because an office is open 40 hours of 168.
-#}
{% macro judged_replies() -%}
clocked as (
    select
        *,
        coalesce(policy_minutes, case support_tier
            when 1 then 120 when 2 then 60 else 30
        end) as target_minutes,
        coalesce(is_policy_business, support_tier < 3) as is_in_business,
        case
            when calendar_minutes > age_minutes then null
            when coalesce(is_policy_business, support_tier < 3)
                then coalesce(business_minutes, calendar_minutes)
            else calendar_minutes
        end as waited_minutes
    from timed
    where
        age_minutes > 0
        and month_start_date < date_trunc('month', as_of_date + 1)
),

judged as (
    select
        *,
        business_minutes is not null and is_in_business as is_business,
        case
            when waited_minutes <= target_minutes then 'met'
            when
                waited_minutes is not null
                or age_minutes > target_minutes + case
                    when business_count > 0 and is_in_business
                        then 5760 + coalesce(policy_minutes, 0) * 4
                    else 0
                end
                then 'missed'
            else 'undecided'
        end as verdict
    from clocked
)
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
