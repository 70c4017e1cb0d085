with lines as (
    select * from {{ ref('stg_files__purchases') }}
    where amount < 0
),

files as (
    select
        company_id,
        file_sha256,
        file_name
    from {{ ref('int_files_current') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

dated as (
    select
        lines.company_id,
        coalesce(
            returns.matched_order_id,
            {{ purchase_order_id('lines', 'files') }}
        ) as order_id,
        'line ' || lines.line_number as refund_id,
        files.file_name,
        lines.purchased_at as refunded_at,
        -- As for orders: midnight in UTC is a day read without a time zone.
        case
            when
                lines.is_date_only
                and lines.purchased_at
                = date_trunc('day', lines.purchased_at, 'UTC')
                then (lines.purchased_at at time zone 'UTC')::date
            else (lines.purchased_at at time zone companies.time_zone)::date
        end as refund_date,
        -lines.amount as refund_amount
    from lines
    inner join files
        on
            lines.company_id = files.company_id
            and lines.file_sha256 = files.file_sha256
    inner join companies
        on lines.company_id = companies.company_id
    left join returns
        on
            lines.company_id = returns.company_id
            and lines.file_sha256 = returns.file_sha256
            and {{ purchase_order_id('lines', 'files') }} = returns.order_id
)

select * from dated
