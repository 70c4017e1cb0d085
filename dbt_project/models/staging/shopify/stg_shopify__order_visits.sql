with source as (
    select * from {{ source('shopify', 'order_visits') }}
),

renamed as (
    select
        company_id,
        order_id,
        visit_id,

        visit_role,
        source,
        source_type,
        landing_page,
        referrer_url,
        referral_code,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,

        occurred_at::timestamptz as occurred_at,
        order_updated_at::timestamptz as order_updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
