with refusals as (
    select * from {{ source('ops', 'webhook_refusals') }}
),

renamed as (
    select
        company_id,
        connection_id,
        refused_on as refused_date,
        reason,
        refusal_count::integer as refusal_count,
        last_refused_at
    from refusals
)

select * from renamed
