{%- set window_days = 30 -%}
with
{{ newest_rows(
    'invitations', ref('stg_files__invitations'), ['invitation_id']
) }},

companies as (
    select * from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

contacts as (
    select * from {{ ref('int_contacts_identified') }}
    where {{ is_in_scope() }}
),

people as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }}
),

referred as (
    select * from {{ ref('int_referrals_attributed') }}
    where {{ is_in_scope() }}
),

sent as (
    select
        invitations.company_id,
        invitations.invitation_id,
        inviters.person_id as inviter_person_id,
        people.person_id as invitee_id,
        people.registered_at,
        people.activated_date,
        (invitations.invited_at at time zone companies.time_zone)::date
            as invited_date,
        invitations.invited_at
    from invitations
    inner join companies
        on invitations.company_id = companies.company_id
    inner join contacts as inviters
        on
            invitations.company_id = inviters.company_id
            and invitations.inviter_contact_id = inviters.contact_id
    left join contacts as invited
        on
            invitations.company_id = invited.company_id
            and invitations.invited_contact_id = invited.contact_id
    left join people
        on
            invited.company_id = people.company_id
            and invited.person_id = people.person_id
    -- Whoever is there already is not invited.
    where
        people.registered_at is null
        or people.registered_at >= invitations.invited_at
),

-- Two who invite one person invite once, for one of them: whose referral it is,
-- else who asked last.
ranked as (
    select
        sent.*,
        row_number() over (
            partition by sent.company_id, sent.invitee_id
            order by
                (
                    sent.inviter_person_id = coalesce(referred.referrer_id, '')
                ) desc,
                sent.invited_at desc,
                sent.invitation_id asc
        ) as winner_rank
    from sent
    left join referred
        on
            sent.company_id = referred.company_id
            and sent.invitee_id = referred.person_id
),

judged as (
    select
        ranked.company_id,
        ranked.invitation_id,
        ranked.inviter_person_id,
        ranked.invited_date,
        case
            when
                ranked.activated_date - ranked.invited_date
                between 0 and {{ window_days }}
                then ranked.activated_date - ranked.invited_date
        end as cycle_days
    from ranked
    where ranked.winner_rank = 1 or ranked.invitee_id is null
)

select * from judged
