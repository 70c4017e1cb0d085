with source as (
    select * from {{ source('probe', 'uptime_checks') }}
),

renamed as (
    select
        company_id,
        site_id,
        reason,
        status_code,
        response_ms,
        has_answered,
        checked_at
    from source
)

select * from renamed
