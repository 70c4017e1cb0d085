with
{{ newest_rows(
    'answers',
    ref('stg_files__survey_responses'),
    ['response_id', 'question_key'],
    also=[ref('int_survey_responses_told')],
    columns=answer_columns(),
) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

dated as (
    select
        answers.company_id,
        answers.survey_kind,
        coalesce(answers.touchpoint, 'other') as touchpoint,
        coalesce(answers.respondent_id, answers.response_id) as person_id,
        answers.response_id,
        answers.answered_at,
        (answers.answered_at at time zone companies.time_zone)::date
            as answered_on,
        answers.score,
        answers.scale_min,
        answers.scale_max
    from answers
    inner join companies
        on answers.company_id = companies.company_id
    where
        answers.survey_kind in ('nps', 'csat')
        and not coalesce(answers.is_test, false)
        and answers.scale_max > answers.scale_min
        and answers.score between answers.scale_min and answers.scale_max
)

select * from dated
