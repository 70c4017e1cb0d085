with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

activities as (
    select * from {{ ref('int_person_activities') }}
    where {{ is_in_scope() }}
),

rules as (
    select * from {{ ref('lead_score_rules') }}
),

counted as (
    select
        activities.company_id,
        activities.person_id,
        activities.activity_date,
        coalesce(
            sum(activities.amount) filter (where activities.activity = 'play'),
            0
        )::numeric(24, 6) as content_minutes,
        count(*) filter (where activities.activity = 'visit')::integer
            as visit_count,
        count(*) filter (where activities.activity = 'attendance')::integer
            as attendance_count,
        count(*) filter (where activities.activity = 'login')::integer
            as login_count,
        count(*) filter (where activities.activity = 'clicked')::integer
            as click_count,
        count(*) filter (where activities.activity = 'replied')::integer
            as reply_count,
        count(*) filter (
            where activities.activity = 'opened'
            and activities.channel = 'email'
        )::integer as email_open_count,
        count(*) filter (
            where activities.activity = 'clicked'
            and activities.channel = 'email'
        )::integer as email_click_count,
        coalesce(sum(activities.amount * rules.points), 0)::numeric(24, 6)
            as lead_points
    from activities
    inner join companies
        on activities.company_id = companies.company_id
    left join rules
        on activities.activity = rules.activity
    where activities.activity_date <= companies.as_of_date
    group by
        activities.company_id, activities.person_id, activities.activity_date
),

judged as (
    select
        *,
        content_minutes >= 1 or attendance_count > 0 or login_count > 0
            as is_active
    from counted
)

select * from judged
