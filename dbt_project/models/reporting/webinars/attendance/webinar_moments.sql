with minutes as (
    select * from {{ ref('webinar_minutes') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        starts_at,
        has_chat,
        has_questions,
        poll_count
    from {{ ref('webinars') }}
),

joined as (
    select
        minutes.company_id,
        minutes.webinar_id,
        minutes.start_minute,
        webinars.title,
        webinars.starts_at,
        minutes.present_count as minutes_present_count,
        -- Where nobody could, nothing is not a number of times.
        case when webinars.has_chat then minutes.chat_count end
            as minutes_chat_count,
        case when webinars.has_questions then minutes.question_count end
            as minutes_question_count,
        case when webinars.poll_count > 0 then minutes.poll_count end
            as minutes_poll_count,
        minutes.screen_count as minutes_screen_count
    from minutes
    inner join webinars
        on
            minutes.company_id = webinars.company_id
            and minutes.webinar_id = webinars.webinar_id
)

select * from joined
