with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

invoices as (
    select * from {{ ref('int_invoices_settled') }}
    where {{ is_in_scope() }} and is_paid
),

counted as (
    select
        invoices.company_id,
        invoices.account_id,
        (count(*) filter (where not invoices.is_refunded))::integer
            as paid_invoice_count,
        min(invoices.settled_on) filter (where not invoices.is_refunded)
            as first_settled_date,
        bool_or(invoices.is_refunded) as is_refunded
    from invoices
    inner join companies
        on
            invoices.company_id = companies.company_id
            and invoices.settled_on <= companies.as_of_date
    group by invoices.company_id, invoices.account_id
)

select * from counted
