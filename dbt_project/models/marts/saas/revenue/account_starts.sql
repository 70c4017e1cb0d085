with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

periods as (
    select * from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and first_date is not null
),

trials as (
    select * from {{ ref('int_account_trials') }}
    where {{ is_in_scope() }}
),

known as (
    select * from {{ ref('product_use_spans') }}
    where {{ is_in_scope() }}
),

lives as (
    select
        company_id,
        account_id,
        first_date,
        min(from_date) filter (
            where mrr_amount = 0 and from_date > first_date
        ) as left_date
    from periods
    group by company_id, account_id, first_date
),

matched as (
    select
        coalesce(lives.company_id, trials.company_id) as company_id,
        coalesce(lives.account_id, trials.account_id) as account_id,
        lives.first_date,
        trials.trial_start_date,
        case
            when lives.first_date is null then trials.trial_end_date
            else lives.left_date
        end as left_date
    from lives
    full join trials
        on
            lives.company_id = trials.company_id
            and lives.account_id = trials.account_id
),

-- What is tried beside what is paid for already is no start.
starts as (
    select
        company_id,
        account_id,
        'paid' as start_kind,
        first_date as start_date,
        least(first_date, trial_start_date) as began_on,
        left_date
    from matched
    union all
    select
        company_id,
        account_id,
        'trial' as start_kind,
        trial_start_date as start_date,
        trial_start_date as began_on,
        left_date
    from matched
    where coalesce(trial_start_date <= first_date, true)
),

told as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        starts.start_date,
        starts.began_on,
        case
            when starts.left_date <= companies.as_of_date then starts.left_date
        end as left_date,
        coalesce(starts.began_on >= known.first_date, false) as is_use_known,
        companies.as_of_date
    from starts
    left join known
        on starts.company_id = known.company_id
    inner join companies
        on
            starts.company_id = companies.company_id
            and starts.start_date <= companies.as_of_date
)

select * from told
