with attendees as (
    select * from {{ ref('webinar_people') }}
    where {{ is_in_scope() }} and {{ is_changed('person_id') }}
),

webinars as (
    select * from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

registrants as (
    select
        company_id,
        webinar_id,
        person_id,
        min(registrant_id) as registrant_id
    from {{ ref('webinar_registrants') }}
    where {{ is_in_scope() }} and {{ is_changed('person_id') }}
    group by company_id, webinar_id, person_id
),

conversions as (
    select * from {{ ref('webinar_conversions') }}
    where {{ is_in_scope() }} and {{ is_changed('person_id') }}
),

placed as (
    select
        attendees.*,
        webinars.length_minutes,
        webinars.poll_count,
        webinars.is_conversion_over,
        row_number() over (
            partition by attendees.company_id, attendees.person_id
            order by webinars.starts_at, attendees.webinar_id
        ) - 1 as past_webinar_count
    from attendees
    inner join webinars
        on
            attendees.company_id = webinars.company_id
            and attendees.webinar_id = webinars.webinar_id
    where attendees.is_live_attendee
),

bought as (
    select
        placed.company_id,
        placed.webinar_id,
        placed.person_id,
        bool_or(conversions.order_date < placed.start_date) as is_customer,
        min(conversions.order_date) filter (
            where conversions.order_date >= placed.start_date
        ) as first_bought_on
    from placed
    inner join conversions
        on
            placed.company_id = conversions.company_id
            and placed.person_id = conversions.person_id
    group by placed.company_id, placed.webinar_id, placed.person_id
),

described as (
    select
        placed.company_id,
        placed.webinar_id,
        placed.person_id,
        registrants.registrant_id,
        placed.start_date,
        placed.is_conversion_over,
        case
            when placed.length_minutes > 0
                then least(1, placed.live_seconds / placed.length_minutes / 60)
        end::double precision as attended_ratio,
        placed.chat_count,
        placed.question_count,
        placed.answered_poll_count::double precision
        / nullif(placed.poll_count, 0) as answered_poll_ratio,
        placed.click_count,
        placed.past_webinar_count::integer as past_webinar_count,
        coalesce(bought.is_customer, false) as is_customer,
        bought.first_bought_on,
        coalesce(bought.first_bought_on <= placed.start_date + 30, false)
            as is_converted
    from placed
    left join registrants
        on
            placed.company_id = registrants.company_id
            and placed.webinar_id = registrants.webinar_id
            and placed.person_id = registrants.person_id
    left join bought
        on
            placed.company_id = bought.company_id
            and placed.webinar_id = bought.webinar_id
            and placed.person_id = bought.person_id
    -- They are scored the day after: who bought by then is no lead.
    where coalesce(bought.first_bought_on > placed.start_date + 1, true)
)

select * from described
