with source as (
    select * from {{ source('ops', 'customer_splits') }}
),

renamed as (
    select
        company_id,
        customer_id,

        undone_at is null as is_in_force,

        split_at,
        undone_at
    from source
)

select * from renamed
