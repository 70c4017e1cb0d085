with
{{ newest_rows(
    'redemptions',
    ref('stg_files__points_redemptions'),
    ['redemption_id'],
) }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

told as (
    select
        redemptions.company_id,
        redemptions.redemption_id,
        coalesce(merged.account_id, redemptions.account_id) as account_id,
        redemptions.reward_id,
        redemptions.points::integer as points,
        (redemptions.redeemed_at at time zone companies.time_zone)::date
            as redeemed_on
    from redemptions
    inner join companies
        on
            redemptions.company_id = companies.company_id
            and (redemptions.redeemed_at at time zone companies.time_zone)::date
            <= companies.as_of_date
    left join merged
        on
            redemptions.company_id = merged.company_id
            and redemptions.account_id = merged.merged_account_id
)

select * from told
