with source as (
    select * from {{ source('stripe', 'charges') }}
),

renamed as (
    select
        company_id,
        id as charge_id,
        payment_intent_id,
        customer_id,
        status,
        failure_code,
        currency_code,

        amount::numeric(24, 6) as amount,

        is_refunded,

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
