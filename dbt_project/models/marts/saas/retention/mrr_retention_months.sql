with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

accounts as (
    select
        company_id,
        account_id,
        month_start_date,
        end_mrr
    from {{ ref('account_mrr_months') }}
    where {{ is_in_scope() }} and end_mrr > 0
),

-- Who paid a year before, and what they pay now.
compared as (
    select
        base.company_id,
        (base.month_start_date + interval '12 months')::date
            as month_start_date,
        base.end_mrr as base_mrr,
        coalesce(later.end_mrr, 0) as mrr_now
    from accounts as base
    left join accounts as later
        on
            base.company_id = later.company_id
            and base.account_id = later.account_id
            and (base.month_start_date + interval '12 months')::date
            = later.month_start_date
),

summed as (
    select
        compared.company_id,
        compared.month_start_date,
        count(*)::integer as base_account_count,
        sum(compared.base_mrr)::numeric(18, 2) as base_mrr,
        sum(compared.mrr_now)::numeric(18, 2) as base_mrr_now,
        sum(least(compared.base_mrr, compared.mrr_now))::numeric(18, 2)
            as base_mrr_kept
    from compared
    inner join companies
        on
            compared.company_id = companies.company_id
            and compared.month_start_date
            < date_trunc('month', companies.as_of_date + 1)
    group by compared.company_id, compared.month_start_date
)

select * from summed
