with registrants as (
    select * from {{ ref('webinar_registrants') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        starts_at,
        start_date
    from {{ ref('webinar_records') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

sources as (
    select
        alias,
        channel_id
    from {{ ref('channel_aliases') }}
    where kind = 'source'
),

judged as (
    select
        registrants.*,
        webinars.start_date,
        case
            when registrants.status in ('denied', 'pending')
                then 'not_approved'
            when
                registrants.cancelled_at <= webinars.starts_at
                or (
                    registrants.status = 'cancelled'
                    and registrants.cancelled_at is null
                )
                then 'cancelled'
            when registrants.registered_at <= webinars.starts_at
                then 'at_start'
            when registrants.cancelled_at is null
                then 'late'
            else 'cancelled'
        end as state
    from registrants
    inner join webinars
        on
            registrants.company_id = webinars.company_id
            and registrants.webinar_id = webinars.webinar_id
),

ranked as (
    select
        *,
        -- Who registered twice is one person, by what counts most.
        row_number() over (
            partition by company_id, webinar_id, person_id
            order by
                case state
                    when 'at_start' then 1
                    when 'late' then 2
                    when 'cancelled' then 3
                    else 4
                end,
                registered_at,
                told_as
        ) as person_rank
    from judged
),

named as (
    select
        ranked.company_id,
        ranked.webinar_id,
        ranked.person_id,
        ranked.start_date,
        ranked.state,
        ranked.registered_at,
        case
            when ranked.channel_name is null then 'unknown'
            else coalesce(sources.channel_id, 'other')
        end as channel_id,
        ranked.industry,
        ranked.company_size
    from ranked
    left join sources
        on {{ channel_alias('ranked.channel_name') }} = sources.alias
    where ranked.person_rank = 1
)

select * from named
