-- What the tap counted while reading a file is what stands in the warehouse:
-- the amounts of its orders (gross revenue less discounts, and less what
-- negative rows of a log pay back) add up to loaded_total, and they are as many
-- as the tap found. A row here means
-- that rows of the file were lost, doubled or changed on the way. A second copy
-- of an order inside one Shopify file is not an order, so the copies are added
-- apart.
with files as (
    select * from {{ ref('int_files_current') }}
    where {{ is_in_scope() }} and contract in ('purchases', 'shopify_orders')
),

orders as (
    select
        company_id,
        file_sha256,
        sum(
            gross_revenue
            - discount_amount
            - case
                when source_contract = 'purchases' then refund_amount else 0
            end
        ) as order_total,
        -- An attempt that failed counts with the order it was for.
        count(distinct coalesce(source_order_id, order_id)) as order_count,
        min(order_id) as example_order_id,
        min(line_number) as example_line_number
    from {{ ref('int_orders_unioned') }}
    where {{ is_in_scope() }} and source_slug = 'files'
    group by company_id, file_sha256
),

-- Given back of a row's amount, which is whole in the file's total.
given_back as (
    select
        company_id,
        file_sha256,
        sum(refunded_amount) as refunded_total
    from {{ ref('int_purchases_identified') }}
    where {{ is_in_scope() }}
    group by company_id, file_sha256
),

-- A return that was taken off a purchase of another file is a row of its own.
moved as (
    select
        company_id,
        file_sha256,
        sum(amount) as moved_total
    from {{ ref('int_purchase_returns_moved') }}
    where {{ is_in_scope() }}
    group by company_id, file_sha256
),

order_rows as (
    select
        company_id,
        file_sha256,
        order_id,
        total,
        row_number() over (
            partition by company_id, file_sha256, order_id
            order by line_number
        ) as row_number_in_order
    from {{ ref('stg_files__shopify_order_lines') }}
    where {{ is_in_scope() }} and is_order_row
),

copies as (
    select
        company_id,
        file_sha256,
        sum(total) as copied_total
    from order_rows
    where row_number_in_order > 1
    group by company_id, file_sha256
),

compared as (
    select
        files.company_id,
        files.file_name,
        files.loaded_total,
        coalesce(orders.order_total, 0)
        + coalesce(given_back.refunded_total, 0)
        + coalesce(moved.moved_total, 0) as order_total,
        files.order_count as file_order_count,
        coalesce(orders.order_count, 0) as order_count,
        orders.example_order_id,
        orders.example_line_number,
        coalesce(copies.copied_total, 0) as copied_total
    from files
    left join orders
        on
            files.company_id = orders.company_id
            and files.file_sha256 = orders.file_sha256
    left join given_back
        on
            files.company_id = given_back.company_id
            and files.file_sha256 = given_back.file_sha256
    left join moved
        on
            files.company_id = moved.company_id
            and files.file_sha256 = moved.file_sha256
    left join copies
        on
            files.company_id = copies.company_id
            and files.file_sha256 = copies.file_sha256
)

select * from compared
where
    abs(loaded_total - order_total - copied_total) >= 0.005
    or file_order_count <> order_count
