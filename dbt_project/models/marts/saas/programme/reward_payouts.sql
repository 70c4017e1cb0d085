with
{{ newest_rows('payouts', ref('stg_files__reward_payouts'), ['payout_id']) }},

companies as (
    select
        company_id,
        currency_code,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

rates as (
    select * from {{ ref('int_currency_rates_filled') }}
    where {{ is_in_scope() }}
),

told as (
    select
        payouts.company_id,
        payouts.payout_id,
        coalesce(merged.account_id, payouts.account_id) as account_id,
        payouts.reward_kind,
        payouts.paid_on,
        companies.currency_code,
        -- Null where no rate of the day is known.
        (
            payouts.payout_amount * case
                when
                    coalesce(payouts.currency_code, companies.currency_code)
                    = companies.currency_code
                    then 1
                else rates.rate
            end
        )::numeric(18, 2) as payout_amount
    from payouts
    inner join companies
        on
            payouts.company_id = companies.company_id
            and payouts.paid_on <= companies.as_of_date
    left join merged
        on
            payouts.company_id = merged.company_id
            and payouts.account_id = merged.merged_account_id
    left join rates
        on
            payouts.company_id = rates.company_id
            and payouts.currency_code = rates.currency_code
            and payouts.paid_on = rates.rate_date
)

select * from told
