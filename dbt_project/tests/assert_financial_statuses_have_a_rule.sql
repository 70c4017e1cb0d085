-- A financial status without a rule counts as not recognised. A row here is a
-- status that Shopify uses and shopify_recognition_rules.csv does not know.
{{ config(severity='warn') }}

with exported_orders as (
    select distinct
        company_id,
        financial_status
    from {{ ref('stg_files__shopify_order_lines') }}
    where {{ is_in_scope() }} and is_order_row
),

api_orders as (
    select distinct
        company_id,
        financial_status
    from {{ ref('stg_shopify__orders') }}
    where {{ is_in_scope() }}
),

unioned as (
    select * from exported_orders
    union all
    select * from api_orders
),

rules as (
    select financial_status from {{ ref('shopify_recognition_rules') }}
)

select unioned.*
from unioned
left join rules
    on unioned.financial_status = rules.financial_status
where rules.financial_status is null
