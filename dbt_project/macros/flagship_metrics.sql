{#- Figures of a community that a company may set a target for, in the order in
    which they are told: of each a part, and the whole that it is divided by, if
    any. Of all of them more is better. Reads the CTEs of flagship_counts. -#}
{% macro flagship_parts() -%}
    {%- for metric_name, relation, part, whole in [
        ('active_person_count', 'months', 'active_person_count', 'null'),
        ('new_registration_count', 'months', 'new_registration_count', 'null'),
        ('activated_person_count', 'months', 'activated_person_count', 'null'),
        ('content_minutes', 'months', 'content_minutes', 'null'),
        ('k_factor', 'cohorts', 'activated_invitee_count', 'cohort_size'),
        (
            "'retention_window_' || day_count", 'stays', 'retained_count',
            'eligible_count'
        ),
        ('attendance_ratio', 'followed', 'attended_count', 'registered_count'),
        (
            'identified_ratio', 'visitors', 'identified_visitor_count',
            'visitor_count'
        ),
        ('delivery_ratio', 'campaigns', 'delivered_count', 'sent_count'),
        (
            'completion_ratio', 'plays', 'completed_play_count',
            'measurable_play_count'
        ),
        ('sponsorship_income', 'sponsored', 'sponsorship_income', 'null'),
        (
            'sponsorship_benefit_ratio', 'sponsored', 'sponsorship_income',
            'sponsorship_cost'
        )
    ] %}
        select
            company_id,
            month_start_date,
            {{ 100 * loop.index }}{{ ' + day_count' if '||' in metric_name }}
                as place,
            {{ metric_name if '||' in metric_name else "'" ~ metric_name ~ "'" }}
                as metric_name,
            sum({{ part }})::numeric(24, 6) as part,
            sum({{ whole }}::numeric)::numeric(24, 6) as whole,
            {{ whole == 'null' }} as is_sum
        from {{ relation }}
        group by company_id, month_start_date, metric_name, place
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
