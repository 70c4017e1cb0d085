with zendesk as (
    select * from {{ ref('stg_zendesk__answers') }}
),

-- The scale is that of the ratings there were to choose from.
scales as (
    select
        zendesk.company_id,
        zendesk.answer_id,
        zendesk.question_id,
        min((choices.offered ->> 'rating')::numeric) as scale_min,
        max((choices.offered ->> 'rating')::numeric) as scale_max
    from zendesk
    cross join
        lateral jsonb_array_elements(zendesk.options) as choices (offered)
    group by zendesk.company_id, zendesk.answer_id, zendesk.question_id
),

answers as (
    select
        company_id,
        'zendesk' as desk,
        rating_id as response_id,
        'zendesk' as question_key,
        requester_id,
        ticket_id as desk_ticket_id,
        score,
        0::numeric as scale_min,
        1::numeric as scale_max,
        created_at as answered_at
    from {{ ref('stg_zendesk__ratings') }}
    union all
    select
        zendesk.company_id,
        'zendesk' as desk,
        zendesk.answer_id as response_id,
        zendesk.question_id as question_key,
        zendesk.requester_id,
        zendesk.ticket_id as desk_ticket_id,
        zendesk.score,
        coalesce(scales.scale_min, 1) as scale_min,
        coalesce(scales.scale_max, 5) as scale_max,
        zendesk.created_at as answered_at
    from zendesk
    left join scales
        on
            zendesk.company_id = scales.company_id
            and zendesk.answer_id = scales.answer_id
            and zendesk.question_id = scales.question_id
    union all
    select
        company_id,
        'intercom' as desk,
        conversation_id as response_id,
        'intercom' as question_key,
        contact_id as requester_id,
        conversation_id as desk_ticket_id,
        score,
        1 as scale_min,
        5 as scale_max,
        rated_at as answered_at
    from {{ ref('stg_intercom__conversations') }}
),

told as (
    select
        answers.company_id,
        answers.response_id,
        answers.question_key,
        'csat' as survey_kind,
        'support' as touchpoint,
        answers.desk || '/' || answers.requester_id as respondent_id,
        tickets.account_id,
        answers.score,
        answers.scale_min,
        answers.scale_max,
        false as is_test,
        answers.answered_at
    from answers
    left join {{ ref('int_tickets_told') }} as tickets
        on
            answers.company_id = tickets.company_id
            and answers.desk = tickets.desk
            and answers.desk_ticket_id = tickets.desk_ticket_id
    where answers.score is not null and answers.answered_at is not null
)

select * from told
