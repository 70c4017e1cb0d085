with people as (
    select * from {{ ref('webinar_people') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('webinar_id') }}
        and is_live_attendee
),

interactions as (
    select * from {{ ref('webinar_interactions') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

looked as (
    select
        company_id,
        webinar_id,
        person_id,
        count(distinct slide_id) filter (
            where kind = 'slide' and viewed_seconds is not null
        ) as slide_view_count,
        sum(viewed_seconds) filter (
            where kind = 'slide' and slide_id is not null
        ) as slide_seconds,
        sum(viewed_seconds) filter (where kind = 'screen') as screen_seconds,
        avg(rating) filter (where kind = 'quiz') as test_score
    from interactions
    group by company_id, webinar_id, person_id
),

joined as (
    select
        people.*,
        looked.slide_view_count,
        looked.slide_seconds,
        looked.screen_seconds,
        looked.test_score
    from people
    left join looked
        on
            people.company_id = looked.company_id
            and people.webinar_id = looked.webinar_id
            and people.person_id = looked.person_id
),

summed as (
    select
        company_id,
        webinar_id,
        count(*)::integer as attendee_count,
        sum(question_count)::integer as question_count,
        avg(engagement_coverage_ratio) as engagement_coverage_ratio,
        count(slide_seconds)::integer as slide_viewer_count,
        sum(slide_view_count)::integer as slide_view_count,
        sum(slide_seconds) as slide_seconds,
        count(screen_seconds)::integer as screen_viewer_count,
        sum(screen_seconds) as screen_seconds,
        count(test_score)::integer as tested_count,
        avg(test_score) as score_mean,
        stddev_samp(test_score) as score_deviation
    from joined
    group by company_id, webinar_id
),

-- What no source tells is null, and not that nobody looked.
told as (
    select
        company_id,
        webinar_id,
        attendee_count,
        question_count,
        (question_count / attendee_count::numeric)::numeric(8, 2)
            as questions_per_attendee,
        engagement_coverage_ratio,
        slide_viewer_count,
        (slide_seconds / nullif(slide_view_count, 0))::numeric(10, 1)
            as seconds_per_slide,
        screen_viewer_count,
        (screen_seconds / 60 / attendee_count)::numeric(10, 1)
            as screen_minutes_mean,
        tested_count,
        score_mean::numeric(4, 2) as test_score_mean,
        ({{ mean_bound(
            'score_mean', 'score_deviation', 'tested_count', -1
        ) }})::numeric(4, 2) as test_score_lower,
        ({{ mean_bound(
            'score_mean', 'score_deviation', 'tested_count', 1
        ) }})::numeric(4, 2) as test_score_upper
    from summed
)

select * from told
