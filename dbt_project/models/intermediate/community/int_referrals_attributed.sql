with
{{ newest_rows('referrals', ref('stg_files__referrals'), ['referral_id']) }},

contacts as (
    select
        company_id,
        contact_id,
        person_id
    from {{ ref('int_contacts_identified') }}
),

-- Who came because of whom; of several who claim a person, the first counts.
ranked as (
    select
        referrals.company_id,
        invited.person_id,
        referrers.person_id as referrer_id,
        row_number() over (
            partition by referrals.company_id, invited.person_id
            order by referrals.referred_at, referrals.referral_id
        ) as claim_rank
    from referrals
    inner join contacts as invited
        on
            referrals.company_id = invited.company_id
            and referrals.referred_contact_id = invited.contact_id
    inner join contacts as referrers
        on
            referrals.company_id = referrers.company_id
            and referrals.referrer_contact_id = referrers.contact_id
    where invited.person_id <> referrers.person_id
),

referred as (
    select
        company_id,
        person_id,
        referrer_id
    from ranked
    where claim_rank = 1
)

select * from referred
