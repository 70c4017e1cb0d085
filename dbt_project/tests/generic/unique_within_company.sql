{#- Each company has at most one row with the same values in these columns. -#}
{% test unique_within_company(model, columns) %}
    {%- set key = (['company_id'] + columns) | join(', ') -%}

    select {{ key }}
    from {{ model }}
    where {{ is_in_scope() }}
    group by {{ key }}
    having count(*) > 1
{% endtest %}
