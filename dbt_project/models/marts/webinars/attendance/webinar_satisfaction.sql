with attendances as (
    select * from {{ ref('webinar_attendances') }}
    where {{ is_in_scope() }} and is_live_attendee
),

{{ registrants_named() }},

ratings as (
    select * from {{ ref('int_webinar_ratings_current') }}
    where {{ is_in_scope() }} and section_title is not null
),

told as (
    select
        company_id,
        webinar_id,
        '' as section_title,
        person_id,
        rating
    from {{ ref('webinar_interactions') }}
    where {{ is_in_scope() }} and kind = 'survey' and rating is not null
    union all
    select
        ratings.company_id,
        ratings.webinar_id,
        ratings.section_title,
        {{ person_of('ratings') }} as person_id,
        ratings.rating
    from ratings
    {{ join_registrants('ratings') }}
),

-- A person counts once, whatever they were asked how often. Where nobody tells
-- who came, it is not known whether who rated did.
people as (
    select
        told.company_id,
        case when told.section_title = '' then 'webinar' else 'section' end
            as subject_kind,
        coalesce(nullif(told.section_title, ''), told.webinar_id) as subject_id,
        case
            when webinars.is_attendance_told
                then attendances.person_id is not null
        end as has_attended,
        avg(told.rating) as rating,
        count(*) as opinion_count
    from told
    left join attendances
        on
            told.company_id = attendances.company_id
            and told.webinar_id = attendances.webinar_id
            and told.person_id = attendances.person_id
    left join {{ ref('webinars') }} as webinars
        on
            told.company_id = webinars.company_id
            and told.webinar_id = webinars.webinar_id
            and {{ is_in_scope('webinars.company_id') }}
    group by
        told.company_id,
        told.webinar_id,
        told.section_title,
        told.person_id,
        webinars.is_attendance_told,
        attendances.person_id
),

summed as (
    select
        company_id,
        subject_kind,
        subject_id,
        count(*) filter (where has_attended)::integer as rater_count,
        avg(rating) filter (where has_attended) as rating_mean,
        stddev_samp(rating) filter (where has_attended) as deviation,
        case
            when bool_or(has_attended is not null)
                then coalesce(
                    sum(opinion_count) filter (where not has_attended), 0
                )
        end::integer as other_opinion_count
    from people
    group by company_id, subject_kind, subject_id
),

rounded as (
    select
        company_id,
        subject_kind,
        subject_id,
        rater_count,
        other_opinion_count,
        rating_mean::numeric(4, 2) as rating_mean,
        ({{ mean_bound('rating_mean', 'deviation', 'rater_count', -1) }})
        ::numeric(4, 2) as rating_lower,
        ({{ mean_bound('rating_mean', 'deviation', 'rater_count', 1) }})
        ::numeric(4, 2) as rating_upper
    from summed
)

select * from rounded
