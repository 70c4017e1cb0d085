with readings as (
    select
        company_id,
        property_id,
        read_at,
        active_user_count::integer as active_user_count
    from {{ ref('stg_ga4__realtime') }}
    where {{ is_in_scope() }}
)

select * from readings
