with rules as (
    select * from {{ ref('shopify_recognition_rules') }}
),

told as (
    select
        company_id,
        order_id,
        financial_status,
        fulfillment_status
    from {{ ref('stg_shopify__orders') }}
    where cancelled_at is not null
    union all
    select
        company_id,
        order_id,
        financial_status,
        fulfillment_status
    from {{ ref('stg_files__shopify_order_lines') }}
    where cancelled_at is not null and is_order_row
),

cancelled as (
    select distinct
        told.company_id,
        'shopify/' || told.order_id as order_id
    from told
    inner join rules
        on told.financial_status = rules.financial_status
    where
        case
            when told.fulfillment_status = 'fulfilled'
                then rules.is_recognised_when_fulfilled
            else rules.is_recognised_otherwise
        end
)

select * from cancelled
