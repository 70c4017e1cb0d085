{{ config(meta={'tells': true}) }}

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
        count(distinct coalesce(source_order_id, order_id)) as order_count
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
        line_number,
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
        files.file_sha256,
        files.file_name,
        files.loaded_row_count,
        files.loaded_total,
        coalesce(orders.order_total, 0)
        + coalesce(given_back.refunded_total, 0)
        + coalesce(moved.moved_total, 0) as order_total,
        files.order_count as file_order_count,
        coalesce(orders.order_count, 0) as order_count,
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
),

differing as (
    select
        *,
        loaded_total - order_total - copied_total as missing
    from compared
    where
        abs(loaded_total - order_total - copied_total) >= 0.005
        or file_order_count <> order_count
),

-- Of a file that differs: where rows of it should be and are not.
lines as (
    select
        company_id,
        file_sha256,
        line_number
    from {{ ref('stg_files__purchases') }}
    where {{ is_in_scope() }}
    union all
    select
        company_id,
        file_sha256,
        line_number
    from {{ ref('stg_files__shopify_order_lines') }}
    where {{ is_in_scope() }}
),

numbered as (
    select
        lines.*,
        lag(lines.line_number, 1, 1) over (
            partition by lines.company_id, lines.file_sha256
            order by lines.line_number
        ) as line_before
    from lines
    inner join differing
        on
            lines.company_id = differing.company_id
            and lines.file_sha256 = differing.file_sha256
),

counted as (
    select
        company_id,
        file_sha256,
        count(*) as row_count,
        (
            array_agg(line_before + 1 order by line_number)
            filter (where line_number > line_before + 1)
        )[1:3] as absent_lines
    from numbered
    group by company_id, file_sha256
),

-- Which orders have another amount than the rows they are made of.
told_orders as (
    select
        told.company_id,
        told.file_sha256,
        told.order_id,
        min(told.line_number) as line_number,
        sum(told.amount) - coalesce(sum(told.refunded_amount), 0)
        - coalesce(max(moves.amount), 0) as amount
    from {{ ref('int_purchases_identified') }} as told
    inner join differing
        on
            told.company_id = differing.company_id
            and told.file_sha256 = differing.file_sha256
    left join {{ ref('int_purchase_returns_moved') }} as moves
        on
            told.company_id = moves.company_id
            and told.file_sha256 = moves.file_sha256
            and told.order_id = moves.order_id
    where {{ is_in_scope('told.company_id') }}
    group by told.company_id, told.file_sha256, told.order_id
    union all
    select
        order_rows.company_id,
        order_rows.file_sha256,
        order_rows.order_id,
        order_rows.line_number,
        order_rows.total as amount
    from order_rows
    inner join differing
        on
            order_rows.company_id = differing.company_id
            and order_rows.file_sha256 = differing.file_sha256
    where order_rows.row_number_in_order = 1
),

kept_orders as (
    select
        kept.company_id,
        kept.file_sha256,
        case
            when kept.source_contract = 'purchases' then kept.order_id
            else kept.source_order_id
        end as order_id,
        min(kept.line_number) as line_number,
        sum(kept.gross_revenue - kept.discount_amount - case
            when kept.source_contract = 'purchases' then kept.refund_amount
            else 0
        end) as amount
    from {{ ref('int_orders_unioned') }} as kept
    inner join differing
        on
            kept.company_id = differing.company_id
            and kept.file_sha256 = differing.file_sha256
    where {{ is_in_scope('kept.company_id') }}
    group by
        kept.company_id,
        kept.file_sha256,
        case
            when kept.source_contract = 'purchases' then kept.order_id
            else kept.source_order_id
        end
),

paired as (
    select
        coalesce(told_orders.company_id, kept_orders.company_id) as company_id,
        coalesce(told_orders.file_sha256, kept_orders.file_sha256)
            as file_sha256,
        coalesce(told_orders.order_id, kept_orders.order_id) as order_id,
        coalesce(told_orders.line_number, kept_orders.line_number)
            as line_number
    from told_orders
    full outer join kept_orders
        on
            told_orders.company_id = kept_orders.company_id
            and told_orders.file_sha256 = kept_orders.file_sha256
            and told_orders.order_id = kept_orders.order_id
    where
        abs(coalesce(told_orders.amount, 0) - coalesce(kept_orders.amount, 0))
        >= 0.005
        or told_orders.order_id is null
        or kept_orders.order_id is null
),

unlike as (
    select
        company_id,
        file_sha256,
        (
            array_agg(
                order_id || ' (line ' || line_number || ')'
                order by line_number, order_id
            )
        )[1:3] as example_orders
    from paired
    group by company_id, file_sha256
),

said as (
    select
        differing.*,
        coalesce(counted.row_count, 0) as row_count,
        counted.absent_lines,
        unlike.example_orders,
        format(
            '%s of %s: its rows come to %s in %s orders, and %s in %s orders'
            ' were made of them: %s missing. %s of %s rows are there%s%s.',
            differing.file_name,
            differing.company_id,
            to_char(differing.loaded_total, 'FM999999999999990.00'),
            coalesce(differing.file_order_count::text, 'any number of'),
            to_char(
                differing.order_total + differing.copied_total,
                'FM999999999999990.00'
            ),
            differing.order_count,
            to_char(differing.missing, 'FM999999999999990.00'),
            coalesce(counted.row_count, 0),
            differing.loaded_row_count,
            case
                when
                    coalesce(counted.row_count, 0) <> differing.loaded_row_count
                    then coalesce(
                        ', none at line '
                        || array_to_string(counted.absent_lines, ', '),
                        ', those at its end are not'
                    )
            end,
            '; other amounts than their rows have the orders '
            || array_to_string(unlike.example_orders, ', ')
        ) as message
    from differing
    left join counted
        on
            differing.company_id = counted.company_id
            and differing.file_sha256 = counted.file_sha256
    left join unlike
        on
            differing.company_id = unlike.company_id
            and differing.file_sha256 = unlike.file_sha256
)

select * from said
