with
{{ newest_tickets() }},

{{ newest_rows(
    'answers', ref('stg_files__survey_responses'),
    ['response_id', 'question_key'],
    also=[ref('int_survey_responses_told')], columns=answer_columns()
) }},

{{ newest_rows(
    'activities', ref('stg_files__cs_activities'), ['activity_id']
) }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

-- What came in several answers of one survey is one contact per question.
told as (
    select
        company_id,
        account_id,
        'ticket' as contact_kind,
        ticket_id as contact_id,
        created_at as contacted_at,
        null::numeric as score
    from tickets
    where account_id is not null and status <> 'deleted'
    union all
    select
        company_id,
        account_id,
        'escalation' as contact_kind,
        ticket_id as contact_id,
        escalated_at as contacted_at,
        null as score
    from tickets
    where
        account_id is not null
        and status <> 'deleted'
        and escalated_at is not null
    union all
    select
        company_id,
        account_id,
        case
            when survey_kind = 'csat' and touchpoint = 'support'
                then 'support_csat'
            else 'answer'
        end as contact_kind,
        response_id || coalesce('/' || question_key, '') as contact_id,
        answered_at as contacted_at,
        10 * (score - scale_min) / nullif(scale_max - scale_min, 0) as score
    from answers
    where account_id is not null and not coalesce(is_test, false)
    union all
    select
        company_id,
        account_id,
        'activity' as contact_kind,
        activity_id as contact_id,
        occurred_at as contacted_at,
        null as score
    from activities
),

dated as (
    select
        told.company_id,
        told.contact_kind,
        told.contact_id,
        coalesce(merged.account_id, told.account_id) as account_id,
        (told.contacted_at at time zone companies.time_zone)::date
            as contact_date,
        told.score::double precision as score
    from told
    inner join companies
        on
            told.company_id = companies.company_id
            and (told.contacted_at at time zone companies.time_zone)::date
            <= companies.as_of_date
    left join merged
        on
            told.company_id = merged.company_id
            and told.account_id = merged.merged_account_id
)

select * from dated
