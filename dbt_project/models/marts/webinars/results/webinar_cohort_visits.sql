with people as (
    select * from {{ ref('webinar_people') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('webinar_month') }}
        and is_live_attendee
        and state in ('at_start', 'late')
),

members as (
    select * from {{ ref('webinar_cohort_members') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        people.company_id,
        people.webinar_month,
        members.cohort_month,
        count(distinct people.person_id)::integer as attendee_count,
        (
            count(distinct people.person_id)
            filter (where people.order_count > 0)
        )::integer as converted_count,
        count(*)::integer as visit_count,
        sum(people.live_seconds)::numeric(18, 2) as live_seconds,
        coalesce(sum(people.engagement_score), 0)::numeric(18, 2)
            as engagement_sum,
        count(people.engagement_score)::integer as engagement_count,
        sum(
            people.chat_count + people.question_count
            + people.answered_poll_count + people.click_count
        )::integer as interaction_count,
        sum(people.net_revenue)::numeric(18, 2) as net_revenue
    from people
    inner join members
        on
            people.company_id = members.company_id
            and people.person_id = members.person_id
    group by people.company_id, people.webinar_month, members.cohort_month
)

select * from counted
