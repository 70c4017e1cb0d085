{#- Whole months between two bills; 0 of weeks and days. -#}
{% macro months_between_bills(unit, count) -%}
case {{ unit }}
            when 'month' then 1
            when 'quarter' then 3
            when 'half_year' then 6
            when 'year' then 12
            else 0
        end * {{ count }}
{%- endmacro %}


{#- First day after one on which a contract of so many months, begun then, renews. -#}
{% macro next_renewal(began, day, months) -%}
(
            {{ began }} + make_interval(months => (
                {{ months }} * (1 + floor((
                    12 * extract(year from age({{ day }}, {{ began }}))
                    + extract(month from age({{ day }}, {{ began }}))
                ) / nullif({{ months }}, 0)))
            )::integer)
        )::date
{%- endmacro %}
