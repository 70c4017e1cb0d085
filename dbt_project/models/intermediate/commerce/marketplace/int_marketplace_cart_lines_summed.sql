with lines as (
    select * from {{ ref('stg_files__marketplace_carts') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

-- A cart is told whole by the file exported last: a line that it lacks was
-- taken out.
told as (
    select
        lines.*,
        first_value(lines.file_sha256) over (
            partition by lines.company_id, lines.cart_id
            order by files.exported_at desc, files.file_name desc
        ) as last_file_sha256
    from lines
    inner join files
        on
            lines.company_id = files.company_id
            and lines.file_sha256 = files.file_sha256
),

summed as (
    select
        company_id,
        cart_id,
        product_id,
        max(user_id) as marketplace_user_id,
        max(order_id) as order_id,
        max(currency_code) as currency_code,
        sum(quantity)::numeric(24, 6) as quantity,
        sum(quantity * price)::numeric(24, 6) as amount,
        min(created_at) as created_at,
        max(coalesce(updated_at, created_at)) as last_activity_at
    from told
    where file_sha256 = last_file_sha256
    group by company_id, cart_id, product_id
)

select * from summed
