with paying as (
    select * from {{ ref('paying_accounts') }}
    where {{ is_in_scope() }} and cs_manager is not null
),

-- Every activity is a contact, and some are of a kind of their own as well.
activities as (
    select
        company_id,
        account_id,
        'contact' as contact_kind,
        activity_date
    from {{ ref('account_activities') }}
    where {{ is_in_scope() }}
    union all
    select
        company_id,
        account_id,
        activity_kind as contact_kind,
        activity_date
    from {{ ref('account_activities') }}
    where {{ is_in_scope() }} and activity_kind <> 'contact'
),

-- A kind that the company has not had for a year is not one it does.
kinds as (
    select
        activities.company_id,
        cadences.contact_kind,
        cadences.cadence_days,
        max(activities.activity_date) as last_date
    from activities
    inner join {{ ref('cs_cadences') }} as cadences
        on activities.contact_kind = cadences.contact_kind
    group by
        activities.company_id, cadences.contact_kind, cadences.cadence_days
),

contacted as (
    select
        company_id,
        account_id,
        contact_kind,
        max(activity_date) as last_contact_date
    from activities
    group by company_id, account_id, contact_kind
),

due as (
    select
        paying.company_id,
        paying.account_id,
        kinds.contact_kind,
        contacted.last_contact_date,
        greatest(contacted.last_contact_date, paying.since_date)
        + kinds.cadence_days - 1 as due_date,
        paying.as_of_date
    from paying
    inner join kinds
        on
            paying.company_id = kinds.company_id
            and kinds.last_date > paying.as_of_date - 365
    left join contacted
        on
            paying.company_id = contacted.company_id
            and paying.account_id = contacted.account_id
            and kinds.contact_kind = contacted.contact_kind
)

select
    *,
    greatest(as_of_date - due_date, 0) as overdue_days
from due
