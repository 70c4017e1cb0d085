{#-
    What a price per interval is a month, multiplied before it is divided, so that it is
    exact. A year has 12 months, 52 weeks and 365 days however it is billed.
-#}
{% macro monthly_amount(amount, unit, count) -%}
    case {{ unit }}
        when 'day' then {{ amount }} * 365 / (12 * {{ count }})
        when 'week' then {{ amount }} * 52 / (12 * {{ count }})
        when 'month' then {{ amount }} / {{ count }}
        when 'quarter' then {{ amount }} / (3 * {{ count }})
        when 'half_year' then {{ amount }} / (6 * {{ count }})
        when 'year' then {{ amount }} / (12 * {{ count }})
    end
{%- endmacro %}
