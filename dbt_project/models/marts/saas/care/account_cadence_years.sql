with paying as (
    select * from {{ ref('paying_accounts') }}
    where {{ is_in_scope() }} and cs_manager is not null
),

activities as (
    select * from {{ ref('account_activities') }}
    where {{ is_in_scope() }}
),

-- Back from the last day in lengths of the cadence, as many as fit in a year or
-- since it pays.
owed as (
    select
        paying.company_id,
        paying.account_id,
        cadences.contact_kind,
        cadences.cadence_days,
        paying.as_of_date,
        least(365, paying.as_of_date - paying.since_date + 1)
        / cadences.cadence_days as window_count
    from paying
    cross join {{ ref('cs_cadences') }} as cadences
),

-- Every activity is a contact, and some are of a kind of their own as well.
kept as (
    select
        owed.company_id,
        owed.account_id,
        owed.contact_kind,
        owed.window_count,
        (owed.as_of_date - activities.activity_date) / owed.cadence_days
            as window_number
    from owed
    left join activities
        on
            owed.company_id = activities.company_id
            and owed.account_id = activities.account_id
            and owed.contact_kind in ('contact', activities.activity_kind)
),

counted as (
    select
        company_id,
        account_id,
        contact_kind,
        window_count,
        count(distinct window_number) filter (
            where window_number < window_count
        )::integer as kept_window_count
    from kept
    group by company_id, account_id, contact_kind, window_count
)

select * from counted
