with referred as (
    select * from {{ ref('int_referrals_attributed') }}
    where {{ is_in_scope() }}
),

people as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        referred.company_id,
        referred.referrer_id as person_id,
        count(*)::integer as referred_count,
        count(people.activated_date)::integer as activated_referred_count
    from referred
    left join people
        on
            referred.company_id = people.company_id
            and referred.person_id = people.person_id
    group by referred.company_id, referred.referrer_id
)

select * from counted
