with
{{ newest_rows(
    'exits', ref('stg_files__exit_reasons'), ['account_id', 'recorded_at']
) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

periods as (
    select * from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and mrr_before > 0
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

causes as (
    select * from {{ ref('exit_reason_causes') }}
),

-- What new rates took is no departure.
lost as (
    select
        company_id,
        account_id,
        from_date as effective_on,
        (mrr_before - mrr_amount + fx_amount) / mrr_before as lost_ratio
    from periods
    where mrr_amount - fx_amount < mrr_before
),

told as (
    select
        exits.company_id,
        coalesce(merged.account_id, exits.account_id) as account_id,
        lower(exits.exit_reason) as exit_reason,
        causes.exit_cause,
        exits.recorded_at,
        (exits.decided_at at time zone companies.time_zone)::date
            as decided_on,
        (exits.recorded_at at time zone companies.time_zone)::date
            as recorded_on
    from exits
    inner join companies
        on exits.company_id = companies.company_id
    left join merged
        on
            exits.company_id = merged.company_id
            and exits.account_id = merged.merged_account_id
    left join causes
        on {{ plain_words('exits.exit_reason') }} = causes.reason_words
),

-- The reason told nearest to a departure, within 60 days of it.
explained as (
    select distinct on (lost.company_id, lost.account_id, lost.effective_on)
        lost.company_id,
        lost.account_id,
        lost.effective_on,
        least(lost.lost_ratio, 1)::double precision as lost_ratio,
        told.exit_reason,
        told.exit_cause,
        case
            when told.decided_on is not null
                then least(told.decided_on, lost.effective_on)
        end as decided_on
    from lost
    left join told
        on
            lost.company_id = told.company_id
            and lost.account_id = told.account_id
            and told.recorded_on between lost.effective_on - 60
            and lost.effective_on + 60
    order by
        lost.company_id asc,
        lost.account_id asc,
        lost.effective_on asc,
        abs(told.recorded_on - lost.effective_on) asc nulls last
)

select * from explained
