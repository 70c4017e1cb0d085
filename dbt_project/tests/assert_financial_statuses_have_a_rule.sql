-- A financial status without a rule counts as not recognised. A row here is a
-- status that Shopify uses and shopify_recognition_rules.csv does not know.
{{ config(severity='warn') }}

with order_lines as (
    select distinct
        company_id,
        financial_status
    from {{ ref('stg_files__shopify_order_lines') }}
    where {{ is_in_scope() }} and is_order_row
),

rules as (
    select financial_status from {{ ref('shopify_recognition_rules') }}
)

select order_lines.*
from order_lines
left join rules
    on order_lines.financial_status = rules.financial_status
where rules.financial_status is null
