with satisfaction as (
    select * from {{ ref('webinar_satisfaction') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date
    from {{ ref('webinars') }}
),

named as (
    select
        satisfaction.company_id,
        satisfaction.subject_kind,
        satisfaction.subject_id,
        coalesce(webinars.title, satisfaction.subject_id) as subject_title,
        webinars.start_date,
        satisfaction.rater_count as webinar_rater_count,
        satisfaction.rating_mean as webinar_rating,
        satisfaction.rating_lower,
        satisfaction.rating_upper,
        satisfaction.other_opinion_count
    from satisfaction
    left join webinars
        on
            satisfaction.company_id = webinars.company_id
            and satisfaction.subject_id = webinars.webinar_id
            and satisfaction.subject_kind = 'webinar'
)

select * from named
