select
    company_id,
    connection_id,
    regexp_replace(
        lower(settings ->> 'shop'),
        '^https://|\.myshopify\.com/*$|/+$', '', 'g'
    ) as shop_name,
    settings ->> 'api_url' as api_url
from {{ source('ops', 'connections') }}
where source_slug = 'shopify'
