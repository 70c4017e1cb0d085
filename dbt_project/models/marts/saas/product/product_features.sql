with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

told as (
    select
        company_id,
        feature,
        event_name,
        plans -- noqa: RF04
    from features
)

select * from told
