with purchases as (
    select * from {{ ref('stg_files__purchases') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

retold as (
    select * from {{ ref('int_purchases_overlapping') }}
),

told as (
    select
        purchases.*,
        files.file_name,
        files.exported_at,
        retold.newer_row_id,
        -- What was not paid is no money, whatever else its order says.
        coalesce(
            purchases.status in ('paid', 'partially_refunded', 'refunded'), true
        ) as is_counted
    from purchases
    inner join files
        on
            purchases.company_id = files.company_id
            and purchases.file_sha256 = files.file_sha256
    left join retold
        on
            purchases.company_id = retold.company_id
            and purchases.file_sha256 = retold.file_sha256
            and purchases.line_number = retold.line_number
),

compared as (
    select
        *,
        bool_or(is_counted) over (
            partition by company_id, file_sha256, purchase_id
        ) as has_counted_rows
    from told
),

identified as (
    select
        company_id,
        file_sha256,
        line_number,
        file_name,
        -- An attempt that failed is not the order that was paid in the end.
        'purchases/' || case
            when purchase_id is null
                then coalesce(newer_row_id, file_name || '#' || line_number)
            when has_counted_rows and not is_counted
                then purchase_id || '/' || status
            else purchase_id
        end as order_id,
        purchase_id,
        customer_id,
        currency_code,
        amount,
        case when amount > 0 and is_counted then refunded_amount end
        ::numeric(24, 6) as refunded_amount,
        tax_amount,
        shipping_amount,
        -- Nothing of a refund says nothing: it is filled in where it is not
        -- known.
        coalesce(tax_amount, 0) <> 0 or coalesce(shipping_amount, 0) <> 0
            as tells_parts,
        case
            when is_untaxed or tax_amount <> 0 then true
            when tax_amount is null then false
        end as is_tax_told,
        case when is_counted then payment_fee end as payment_fee,
        status,
        is_counted,
        is_date_only,
        purchased_at,
        exported_at,
        loaded_at
    from compared
)

select * from identified
