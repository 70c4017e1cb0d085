with minutes as (
    select * from {{ ref('webinar_minutes') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        starts_at
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
        minutes.chat_count as minutes_chat_count,
        minutes.question_count as minutes_question_count,
        minutes.poll_count as minutes_poll_count,
        minutes.screen_count as minutes_screen_count
    from minutes
    inner join webinars
        on
            minutes.company_id = webinars.company_id
            and minutes.webinar_id = webinars.webinar_id
)

select * from joined
