with attendances as (
    select * from {{ ref('webinar_attendances') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

webinars as (
    select * from {{ ref('webinar_records') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

interactions as (
    select
        company_id,
        webinar_id,
        person_id,
        count(*) filter (where kind = 'chat')::integer as chat_count,
        count(*) filter (where kind = 'question')::integer as question_count,
        count(distinct coalesce(poll_id, '')) filter (
            where kind = 'poll'
        )::integer as poll_count,
        count(*) filter (where kind = 'cta')::integer as click_count,
        count(*) filter (where kind = 'survey')::integer as survey_count,
        avg(rating) filter (where kind = 'survey')::numeric(4, 2)
            as satisfaction
    from {{ ref('webinar_interactions') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
    group by company_id, webinar_id, person_id
),

joined as (
    select
        attendances.company_id,
        attendances.webinar_id,
        attendances.person_id,
        attendances.live_seconds,
        webinars.length_minutes,
        webinars.poll_count as asked_poll_count,
        coalesce(interactions.chat_count, 0) as chat_count,
        coalesce(interactions.question_count, 0) as question_count,
        coalesce(interactions.poll_count, 0) as answered_poll_count,
        coalesce(interactions.click_count, 0) as click_count,
        coalesce(interactions.survey_count, 0) > 0 as has_answered_survey,
        interactions.satisfaction,
        case when webinars.length_minutes > 0 then 50 else 0 end
            as presence_weight,
        case when webinars.poll_count > 0 then 15 else 0 end as poll_weight,
        case when webinars.has_questions then 10 else 0 end
            as question_weight,
        case when webinars.has_chat then 10 else 0 end as chat_weight,
        case when webinars.has_offer then 10 else 0 end as click_weight,
        case when webinars.has_survey then 5 else 0 end as survey_weight
    from attendances
    inner join webinars
        on
            attendances.company_id = webinars.company_id
            and attendances.webinar_id = webinars.webinar_id
    left join interactions
        on
            attendances.company_id = interactions.company_id
            and attendances.webinar_id = interactions.webinar_id
            and attendances.person_id = interactions.person_id
    where attendances.is_live_attendee
),

weighed as (
    select
        *,
        presence_weight + poll_weight + question_weight + chat_weight
        + click_weight + survey_weight as weight,
        coalesce(presence_weight * least(
            1, live_seconds / 60.0 / nullif(0.9 * length_minutes, 0)
        ), 0)
        + coalesce(poll_weight * least(
            1, answered_poll_count::numeric / nullif(asked_poll_count, 0)
        ), 0)
        + question_weight * least(1, question_count)
        + chat_weight * least(1, chat_count / 3.0)
        + click_weight * least(1, click_count)
        + survey_weight * has_answered_survey::integer as points
    from joined
),

scored as (
    select
        company_id,
        webinar_id,
        person_id,
        chat_count,
        question_count,
        answered_poll_count,
        click_count,
        has_answered_survey,
        satisfaction,
        (100 * points / nullif(weight, 0))::numeric(6, 2) as engagement_score,
        {{ webinar_attention() }} as attention_score,
        (weight / 100.0)::double precision as engagement_coverage_ratio
    from weighed
)

select * from scored
