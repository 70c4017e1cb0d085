with webinars as (
    select * from {{ ref('webinar_spans') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

steps as (
    select
        webinars.company_id,
        webinars.webinar_id,
        step.start_minute,
        webinars.starts_at + step.start_minute * interval '1 minute'
            as starts_at,
        webinars.starts_at + (step.start_minute + 5) * interval '1 minute'
            as ends_at
    from webinars
    cross join
        lateral generate_series(
            0,
            ceil(
                extract(epoch from webinars.until_at - webinars.starts_at) / 60
            )::integer - 1,
            5
        ) as step (start_minute)
),

visits as (
    select * from {{ ref('webinar_visits') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('webinar_id') }}
        and not is_on_demand
),

present as (
    select
        steps.company_id,
        steps.webinar_id,
        steps.start_minute,
        count(distinct visits.person_id) as present_count
    from steps
    inner join visits
        on
            steps.company_id = visits.company_id
            and steps.webinar_id = visits.webinar_id
            and steps.ends_at > visits.joined_at
            and steps.starts_at < coalesce(visits.left_at, 'infinity')
    group by steps.company_id, steps.webinar_id, steps.start_minute
),

written as (
    select
        steps.company_id,
        steps.webinar_id,
        steps.start_minute,
        count(*) filter (where did.kind = 'chat') as chat_count,
        count(*) filter (where did.kind = 'question') as question_count,
        count(*) filter (where did.kind = 'poll') as poll_count,
        count(*) filter (where did.kind = 'screen') as screen_count
    from steps
    inner join {{ ref('webinar_interactions') }} as did
        on
            steps.company_id = did.company_id
            and steps.webinar_id = did.webinar_id
            and steps.starts_at <= did.occurred_at
            and steps.ends_at > did.occurred_at
    where
        {{ is_in_scope('did.company_id') }}
        and {{ is_changed('did.webinar_id', 'did.company_id') }}
    group by steps.company_id, steps.webinar_id, steps.start_minute
),

joined as (
    select
        steps.company_id,
        steps.webinar_id,
        steps.start_minute,
        coalesce(present.present_count, 0)::integer as present_count,
        coalesce(written.chat_count, 0)::integer as chat_count,
        coalesce(written.question_count, 0)::integer as question_count,
        coalesce(written.poll_count, 0)::integer as poll_count,
        coalesce(written.screen_count, 0)::integer as screen_count
    from steps
    left join present
        on
            steps.company_id = present.company_id
            and steps.webinar_id = present.webinar_id
            and steps.start_minute = present.start_minute
    left join written
        on
            steps.company_id = written.company_id
            and steps.webinar_id = written.webinar_id
            and steps.start_minute = written.start_minute
)

select * from joined
