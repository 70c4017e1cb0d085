with companies as (
    select
        company_id,
        date_trunc('month', {{ as_of_date() }} + 1)::date as open_month
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

answers as (
    select * from {{ ref('int_survey_answers_dated') }}
    where {{ is_in_scope() }}
),

dated as (
    select
        answers.*,
        date_trunc('month', answers.answered_on)::date as month_start_date,
        10 * (answers.score - answers.scale_min)
        / (answers.scale_max - answers.scale_min) as score_10
    from answers
    inner join companies
        on
            answers.company_id = companies.company_id
            and answers.answered_on < companies.open_month
),

months as (
    select distinct
        company_id,
        month_start_date,
        (month_start_date + interval '1 month')::date as next_month
    from dated
    where survey_kind = 'nps'
),

-- Of a person the last answer of the 90 days up to a month's end.
last_answers as (
    select distinct on (
        months.company_id, months.month_start_date, dated.person_id
    )
        months.company_id,
        months.month_start_date,
        dated.score
    from months
    inner join dated
        on
            months.company_id = dated.company_id
            and months.next_month > dated.answered_on
            and months.next_month - 90 <= dated.answered_on
    where dated.survey_kind = 'nps'
    order by
        months.company_id asc,
        months.month_start_date asc,
        dated.person_id asc,
        dated.answered_at desc,
        dated.response_id desc
),

unioned as (
    select
        company_id,
        month_start_date,
        'nps' as survey_kind,
        'all' as touchpoint,
        count(*)::integer as answer_count,
        count(*) filter (where score >= 9)::integer as promoter_count,
        count(*) filter (where score < 7)::integer as detractor_count,
        null::integer as top_two_count,
        null::double precision as mean_10
    from last_answers
    group by company_id, month_start_date
    union all
    select
        company_id,
        month_start_date,
        survey_kind,
        touchpoint,
        count(*)::integer as answer_count,
        null as promoter_count,
        null as detractor_count,
        -- Of a scale of two or three the upper half alone is content.
        count(*) filter (
            where score >= scale_max - 1 and 2 * score > scale_min + scale_max
        )::integer as top_two_count,
        avg(score_10)::double precision as mean_10
    from dated
    where survey_kind = 'csat'
    group by company_id, month_start_date, survey_kind, touchpoint
)

select * from unioned
