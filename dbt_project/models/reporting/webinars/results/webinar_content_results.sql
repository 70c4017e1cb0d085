with contents as (
    select * from {{ ref('webinar_contents') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date,
        has_questions
    from {{ ref('webinars') }}
),

named as (
    select
        contents.company_id,
        contents.webinar_id,
        webinars.title,
        webinars.start_date,
        contents.attendee_count,
        case when webinars.has_questions then contents.question_count end
            as webinar_question_count,
        case
            when webinars.has_questions then contents.questions_per_attendee
        end as questions_per_attendee,
        contents.engagement_coverage_ratio,
        contents.slide_viewer_count,
        contents.seconds_per_slide as webinar_slide_seconds,
        contents.screen_viewer_count,
        contents.screen_minutes_mean as webinar_screen_minutes,
        contents.tested_count,
        contents.test_score_mean as webinar_test_score,
        contents.test_score_lower,
        contents.test_score_upper
    from contents
    inner join webinars
        on
            contents.company_id = webinars.company_id
            and contents.webinar_id = webinars.webinar_id
)

select * from named
