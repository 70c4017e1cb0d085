with choices as (
    select * from {{ ref('survey_choices') }}
)

select
    company_id,
    question_key,
    choice_words,
    choice,
    chosen_count,
    asked_count,
    choice_ratio,
    choice_ratio_lower,
    choice_ratio_upper
from choices
