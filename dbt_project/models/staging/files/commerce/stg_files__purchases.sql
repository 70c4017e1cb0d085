with source as (
    select * from {{ source('files', 'purchases') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(purchase_id), '') as purchase_id,
        {{ pseudonym('customer_id') }} as customer_id,

        upper(trim(currency_code)) as currency_code,
        status,

        amount::numeric(24, 6) as amount,
        refunded_amount::numeric(24, 6) as refunded_amount,
        tax_amount::numeric(24, 6) as tax_amount,
        shipping_amount::numeric(24, 6) as shipping_amount,
        payment_fee::numeric(24, 6) as payment_fee,

        is_date_only,
        coalesce(is_untaxed, false) as is_untaxed,

        purchased_at::timestamptz as purchased_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
