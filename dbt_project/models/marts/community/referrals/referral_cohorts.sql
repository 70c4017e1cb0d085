{%- set window_days = 30 -%}
with members as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }} and activated_date is not null
),

judged as (
    select * from {{ ref('invitations') }}
    where {{ is_in_scope() }}
),

referred as (
    select * from {{ ref('int_referrals_attributed') }}
    where {{ is_in_scope() }}
),

invited_by_cohort as (
    select
        members.company_id,
        members.cohort_month_start_date,
        count(*) as invitation_count,
        count(judged.cycle_days) as activated_invitee_count,
        percentile_cont(0.5) within group (order by judged.cycle_days)
            as median_cycle_days
    from members
    inner join judged
        on
            members.company_id = judged.company_id
            and members.person_id = judged.inviter_person_id
            and judged.invited_date - members.activated_date
            between 0 and {{ window_days }}
    group by members.company_id, members.cohort_month_start_date
),

referred_by_cohort as (
    select
        members.company_id,
        members.cohort_month_start_date,
        count(*) as activated_referred_count
    from members
    inner join referred
        on
            members.company_id = referred.company_id
            and members.person_id = referred.referrer_id
    inner join members as newcomers
        on
            referred.company_id = newcomers.company_id
            and referred.person_id = newcomers.person_id
    group by members.company_id, members.cohort_month_start_date
),

cohorts as (
    select
        members.company_id,
        members.cohort_month_start_date,
        count(*) as cohort_size,
        -- All of it has had two windows: one to invite, one to come.
        (members.cohort_month_start_date + interval '1 month')::date - 1
        + 2 * {{ window_days }}
        <= min(members.activated_date + members.age_days) as is_complete
    from members
    group by members.company_id, members.cohort_month_start_date
),

joined as (
    select
        cohorts.company_id,
        cohorts.cohort_month_start_date,
        cohorts.is_complete,
        cohorts.cohort_size::integer as cohort_size,
        coalesce(invited.invitation_count, 0)::integer as invitation_count,
        coalesce(invited.activated_invitee_count, 0)::integer
            as activated_invitee_count,
        coalesce(referred_by_cohort.activated_referred_count, 0)::integer
            as activated_referred_count,
        invited.median_cycle_days
    from cohorts
    left join invited_by_cohort as invited
        on
            cohorts.company_id = invited.company_id
            and cohorts.cohort_month_start_date
            = invited.cohort_month_start_date
    left join referred_by_cohort
        on
            cohorts.company_id = referred_by_cohort.company_id
            and cohorts.cohort_month_start_date
            = referred_by_cohort.cohort_month_start_date
)

select * from joined
