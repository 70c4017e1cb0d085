with visits as (
    select * from {{ ref('stg_files__attendances') }}
    -- Of who watches the recording no file tells that they were on the stage.
    where not is_on_demand
),

named as (
    {% for name in ['registrant_id', 'email_hash'] %}
        select
            company_id,
            webinar_id,
            {{ name }} as told_as,
            attendee_role
        from visits
        where {{ name }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Who was called onto the stage for a while is a guest.
judged as (
    select
        company_id,
        webinar_id,
        told_as,
        bool_and(attendee_role <> 'attendee') as is_team
    from named
    group by company_id, webinar_id, told_as
)

select
    company_id,
    webinar_id,
    told_as
from judged
where is_team
