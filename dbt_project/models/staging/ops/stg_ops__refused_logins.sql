with logins as (
    select * from {{ source('ops', 'refused_logins') }}
),

renamed as (
    select
        company_id,
        system_name,
        log_part,
        refused_at,
        refusal_count::integer as refusal_count
    from logins
)

select * from renamed
