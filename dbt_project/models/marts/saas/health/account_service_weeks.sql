with weeks as (
    select
        company_id,
        account_id,
        scored_on
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

contacts as (
    select * from {{ ref('account_contacts') }}
    where {{ is_in_scope() }}
),

scored_days as (
    select * from {{ ref('score_days') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

-- A kind of contact that nobody of the company had for so long is not known.
known as (
    select
        scored_days.company_id,
        scored_days.scored_on,
        max(contacts.contact_date) filter (
            where contacts.contact_kind = 'ticket'
        ) > scored_days.scored_on - 28 as has_tickets,
        max(contacts.contact_date) filter (
            where contacts.contact_kind = 'activity'
        ) > scored_days.scored_on - 62 as has_activities,
        bool_or(contacts.contact_kind in ('answer', 'support_csat'))
            as has_answers
    from scored_days
    inner join contacts
        on
            scored_days.company_id = contacts.company_id
            and scored_days.scored_on - 90 < contacts.contact_date
            and scored_days.scored_on >= contacts.contact_date
    group by scored_days.company_id, scored_days.scored_on
),

counted as (
    select
        weeks.company_id,
        weeks.account_id,
        weeks.scored_on,
        count(*) filter (
            where contacts.contact_kind = 'ticket'
            and contacts.contact_date > weeks.scored_on - 28
        ) as ticket_count,
        bool_or(
            contacts.contact_kind = 'escalation'
            and contacts.contact_date > weeks.scored_on - 28
        ) as has_escalation,
        avg(contacts.score) filter (
            where contacts.contact_kind = 'support_csat'
        ) as csat_mean,
        bool_or(
            contacts.contact_kind = 'activity'
            and contacts.contact_date > weeks.scored_on - 31
        ) as is_contact_in_cadence,
        bool_or(contacts.contact_kind in ('answer', 'support_csat'))
            as has_answered
    from weeks
    left join contacts
        on
            weeks.company_id = contacts.company_id
            and weeks.account_id = contacts.account_id
            and weeks.scored_on - 90 < contacts.contact_date
            and weeks.scored_on >= contacts.contact_date
    group by weeks.company_id, weeks.account_id, weeks.scored_on
),

told as (
    select
        counted.company_id,
        counted.account_id,
        counted.scored_on,
        case
            when known.has_tickets then counted.ticket_count
        end::integer as ticket_count_28d,
        coalesce(counted.has_escalation, false) as has_escalation_28d,
        counted.csat_mean::double precision as csat_mean_10,
        case
            when known.has_activities
                then coalesce(counted.is_contact_in_cadence, false)
        end as is_contact_in_cadence,
        case
            when known.has_answers then coalesce(counted.has_answered, false)
        end as has_answered_survey
    from counted
    left join known
        on
            counted.company_id = known.company_id
            and counted.scored_on = known.scored_on
)

select * from told
