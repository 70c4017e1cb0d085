with
{{ newest_rows('rules', ref('stg_files__points_rules'), ['rule_id']) }},

told as (
    select
        company_id,
        rule_id,
        rule_kind,
        points::integer as points,
        value_amount::numeric(18, 4) as value_amount,
        starts_on
    from rules
    where points >= 1
)

select * from told
