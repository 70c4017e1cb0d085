with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

payments as (
    select * from {{ ref('int_invoice_payments_current') }}
    where {{ is_in_scope() }}
),

invoices as (
    select * from {{ ref('int_invoices_current') }}
    where {{ is_in_scope() }}
),

tried as (
    select
        company_id,
        invoice_id,
        min(attempted_at) filter (where status = 'failed') as failed_at,
        max(attempted_at) filter (where status in ('succeeded', 'refunded'))
            as succeeded_at
    from payments
    group by company_id, invoice_id
),

-- An invoice that was made void was owed by nobody.
failed as (
    select
        tried.company_id,
        tried.invoice_id,
        (tried.failed_at at time zone companies.time_zone)::date as failed_date,
        companies.as_of_date,
        coalesce(
            coalesce(tried.succeeded_at, invoices.paid_at)
            between tried.failed_at and tried.failed_at + interval '30 days',
            false
        ) as is_recovered
    from tried
    inner join companies
        on tried.company_id = companies.company_id
    left join invoices
        on
            tried.company_id = invoices.company_id
            and tried.invoice_id = invoices.invoice_id
    where
        tried.failed_at is not null
        and coalesce(invoices.status <> 'void', true)
),

summed as (
    select
        company_id,
        date_trunc('month', failed_date)::date as month_start_date,
        count(*)::integer as failed_invoice_count,
        count(*) filter (where is_recovered)::integer as recovered_invoice_count
    from failed
    where
        -- The last to fail has had its 30 days.
        date_trunc('month', failed_date) + interval '1 month 30 days'
        <= as_of_date + 1
    group by company_id, date_trunc('month', failed_date)
)

select * from summed
