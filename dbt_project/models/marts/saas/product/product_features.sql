with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

told as (
    select
        company_id,
        feature,
        event_name,
        feature_tier,
        plans, -- noqa: RF04
        released_at
    from features
)

select * from told
