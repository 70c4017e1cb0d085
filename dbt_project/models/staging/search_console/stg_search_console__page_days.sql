with source as (
    select * from {{ source('search_console', 'page_days') }}
),

renamed as (
    select
        company_id,

        site_url,
        search_type,
        page,

        clicks::bigint as click_count,
        impressions::bigint as impression_count,
        position::numeric(24, 6) as average_position,

        date::date as search_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
