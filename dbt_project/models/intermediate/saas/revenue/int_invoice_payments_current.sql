with
{{ newest_rows('payments', ref('stg_files__payments'), ['payment_id']) }},

charges as (
    select * from {{ ref('stg_stripe__charges') }}
),

-- An invoice says what it is paid with; each attempt at that is a charge.
paid_with as (
    select distinct
        invoices.company_id,
        invoices.invoice_id,
        coalesce(payment.told ->> 'payment_intent', payment.told ->> 'charge')
            as payment_id
    from {{ ref('stg_stripe__invoices') }} as invoices
    cross join
        jsonb_path_query(invoices.payments, '$.data[*].payment')
            as payment (told)
),

-- Of an attempt that Stripe tells, no file counts.
current_payments as (
    select
        charges.company_id,
        charges.charge_id as payment_id,
        paid_with.invoice_id,
        case when charges.is_refunded then 'refunded' else charges.status end
            as status,
        charges.created_at as attempted_at
    from charges
    inner join paid_with
        on
            charges.company_id = paid_with.company_id
            and coalesce(charges.payment_intent_id, charges.charge_id)
            = paid_with.payment_id
    union all
    select
        payments.company_id,
        payments.payment_id,
        payments.invoice_id,
        payments.status,
        payments.attempted_at
    from payments
    left join charges
        on
            payments.company_id = charges.company_id
            and payments.payment_id = charges.charge_id
    where charges.charge_id is null
)

select * from current_payments
