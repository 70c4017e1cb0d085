with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

weeks as (
    select
        company_id,
        account_id,
        scored_on
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }}
),

owed as (
    select * from {{ ref('int_invoices_settled') }}
    where {{ is_in_scope() }}
),

payments as (
    select * from {{ ref('int_invoice_payments_current') }}
    where {{ is_in_scope() }} and status = 'failed'
),

failures as (
    select
        payments.company_id,
        payments.invoice_id,
        (payments.attempted_at at time zone companies.time_zone)::date
            as failed_on
    from payments
    inner join companies
        on payments.company_id = companies.company_id
),

days as (
    select distinct
        company_id,
        scored_on
    from weeks
),

-- Nobody invoiced for two months: a source that failed, or no invoices at all.
billed as (
    select distinct
        days.company_id,
        days.scored_on
    from days
    inner join owed
        on
            days.company_id = owed.company_id
            and days.scored_on - 62 < owed.issued_on
            and days.scored_on >= owed.issued_on
),

-- What was issued and not settled by the evening of a day.
stood as (
    select
        weeks.company_id,
        weeks.account_id,
        weeks.scored_on,
        greatest(
            max(
                weeks.scored_on - coalesce(owed.due_on, owed.issued_on)
            ) filter (
                where
                owed.settled_on is null or owed.settled_on > weeks.scored_on
            ),
            0
        )::integer as oldest_open_invoice_days,
        count(failures.failed_on) filter (
            where owed.settled_on is null or owed.settled_on > weeks.scored_on
        )::integer as failed_attempt_count,
        count(failures.failed_on) filter (
            where failures.failed_on > weeks.scored_on - 7
        )::integer as failed_attempt_count_7d
    from weeks
    inner join billed
        on
            weeks.company_id = billed.company_id
            and weeks.scored_on = billed.scored_on
    inner join owed
        on
            weeks.company_id = owed.company_id
            and weeks.account_id = owed.account_id
            and weeks.scored_on >= owed.issued_on
    left join failures
        on
            owed.company_id = failures.company_id
            and owed.invoice_id = failures.invoice_id
            and weeks.scored_on >= failures.failed_on
    group by weeks.company_id, weeks.account_id, weeks.scored_on
)

select * from stood
