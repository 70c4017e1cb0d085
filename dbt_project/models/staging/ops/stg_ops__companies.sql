with source as (
    select * from {{ source('ops', 'companies') }}
),

renamed as (
    select
        company_id,

        name,
        currency_code,
        time_zone,

        created_at
    from source
)

select * from renamed
