with limits as (
    select
        *,
        trim_scale(round((100 * least_adoption)::numeric, 1))
            as adoption_percent
    from {{ ref('segment_limits') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

joined as (
    select
        limits.company_id,
        rules.word as behaviour_segment,
        rules.place,
        {% for language, mark in [('es', ','), ('en', '.')] %}
            format(
                rules.label_{{ language }},
                replace(limits.new_days::text, '.', '{{ mark }}'),
                replace(limits.least_logins::text, '.', '{{ mark }}'),
                replace(limits.adoption_percent::text, '.', '{{ mark }}'),
                replace(limits.most_idle_days::text, '.', '{{ mark }}'),
                replace(limits.most_tickets::text, '.', '{{ mark }}'),
                replace(limits.power_days::text, '.', '{{ mark }}'),
                replace(limits.power_features::text, '.', '{{ mark }}')
            ) as segment_rule_{{ language }},
        {% endfor %}
        treatments.label_es as segment_treatment_es,
        treatments.label_en as segment_treatment_en,
        limits.own_count,
        limits.limit_count
    from limits
    cross join labels as rules
    inner join labels as treatments
        on
            rules.word = treatments.word
            and treatments.kind = 'behaviour_treatment'
    where rules.kind = 'behaviour_rule'
)

select * from joined
