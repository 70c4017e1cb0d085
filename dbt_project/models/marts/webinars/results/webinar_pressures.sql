with received as (
    select
        *,
        case
            when message_count >= 5 then 4
            when message_count >= 3 then 3
            when message_count = 2 then 2
            else message_count
        end as pressure_place
    from {{ ref('webinar_messages_received') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        company_id,
        pressure_place,
        count(*)::integer as registrant_count,
        count(*) filter (where is_live_attendee)::integer as attendee_count
    from received
    group by company_id, pressure_place
)

select
    company_id,
    pressure_place,
    registrant_count,
    attendee_count,
    attendee_count::double precision / registrant_count as show_ratio,
    {{ wilson_bound('attendee_count', 'registrant_count', -1) }}
        as show_ratio_lower,
    {{ wilson_bound('attendee_count', 'registrant_count', 1) }}
        as show_ratio_upper
from counted
