with rules as (
    select
        company_id,
        rule_id,
        kind,
        metric,
        comparison,
        threshold,
        severity,
        is_enabled,
        origin,
        label_es,
        label_en,
        unit
    from {{ source('ops', 'alert_rules') }}
),

labels as (
    select * from {{ ref('alert_rule_labels') }}
),

severities as (
    select * from {{ ref('alert_labels') }}
),

companies as (
    select * from {{ ref('companies') }}
),

labelled as (
    select
        rules.company_id,
        rules.rule_id,
        rules.kind,
        rules.severity,
        severities.rank as severity_rank,
        severities.label_es as severity_label_es,
        severities.label_en as severity_label_en,
        coalesce(rules.label_es, watched.label_es, rules.metric) as watched_es,
        coalesce(rules.label_en, watched.label_en, rules.metric) as watched_en,
        sides.label_es as comparison_label_es,
        sides.label_en as comparison_label_en,
        (
            case
                when coalesce(rules.unit, watched.unit) = 'share'
                    then 100 * rules.threshold
                else rules.threshold
            end
        )::double precision as threshold,
        case
            when rules.unit = 'money' then companies.currency_code
            else units.label_es
        end as unit_label_es,
        case
            when rules.unit = 'money' then companies.currency_code
            else units.label_en
        end as unit_label_en,
        rules.is_enabled,
        rules.origin = 'edited' as is_own
    from rules
    left join companies
        on rules.company_id = companies.company_id
    left join severities
        on rules.severity = severities.word
    left join labels as watched
        on rules.metric = watched.word
    left join labels as units
        on coalesce(rules.unit, watched.unit) = units.word
    left join labels as sides
        on rules.comparison = sides.word
)

select * from labelled
