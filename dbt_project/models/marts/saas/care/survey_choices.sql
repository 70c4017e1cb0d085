with
{{ newest_rows(
    'answers', ref('stg_files__survey_responses'),
    ['response_id', 'question_key']
) }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- Of a person the last answer of a year to a question.
chosen as (
    select distinct on (
        answers.company_id,
        coalesce(answers.question_key, answers.survey_kind),
        coalesce(answers.respondent_id, answers.response_id)
    )
        answers.company_id,
        coalesce(answers.question_key, answers.survey_kind) as question_key,
        answers.choice,
        {{ plain_words('answers.choice') }} as choice_words,
        companies.as_of_date
    from answers
    inner join companies
        on
            answers.company_id = companies.company_id
            and (answers.answered_at at time zone companies.time_zone)::date
            <= companies.as_of_date
            and (answers.answered_at at time zone companies.time_zone)::date
            > companies.as_of_date - 365
    where answers.choice is not null and not coalesce(answers.is_test, false)
    order by
        answers.company_id asc,
        coalesce(answers.question_key, answers.survey_kind) asc,
        coalesce(answers.respondent_id, answers.response_id) asc,
        answers.answered_at desc,
        answers.response_id desc
),

counted as (
    select
        company_id,
        question_key,
        choice_words,
        min(choice) as choice,
        count(*)::integer as chosen_count,
        as_of_date
    from chosen
    group by company_id, question_key, choice_words, as_of_date
),

totals as (
    select
        *,
        sum(chosen_count) over (
            partition by company_id, question_key
        )::integer as asked_count
    from counted
)

select
    company_id,
    question_key,
    choice_words,
    choice,
    chosen_count,
    asked_count,
    chosen_count::double precision / asked_count as choice_ratio,
    {{ wilson_bound('chosen_count', 'asked_count', -1) }}
        as choice_ratio_lower,
    {{ wilson_bound('chosen_count', 'asked_count', 1) }}
        as choice_ratio_upper,
    as_of_date
from totals
