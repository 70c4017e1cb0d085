{#-
    A CTE, `compared`: each figure of a month with its change against the month and the
    year before, as a share. Reads the CTE `relation`, of which a row is a company, a
    month and a metric: `company_id`, `month_start_date`, `first_month_start_date` (of
    the company), `metric_name`, `place`, `figure`, and the columns `more`. The first
    month may have begun in the middle: nothing is compared with it. Of a loss, or of
    nothing, there is no share.
-#}
{% macro with_figure_changes(relation, more=[]) -%}
compared as (
    select
        {{ relation }}.company_id,
        {{ relation }}.month_start_date,
        {{ relation }}.metric_name,
        {{ relation }}.place,
        {{ relation }}.figure::numeric(24, 6) as figure,
        {%- for column in more %}
        {{ relation }}.{{ column }},
        {%- endfor %}
        {%- for earlier, change in [('month_before', 'month_change'), ('year_before', 'year_change')] %}
        ({{ relation }}.figure / nullif(greatest({{ earlier }}.figure, 0), 0) - 1)
        ::double precision as {{ change }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {%- for earlier, span in [('month_before', '1 month'), ('year_before', '1 year')] %}
    left join {{ relation }} as {{ earlier }}
        on
            {{ relation }}.company_id = {{ earlier }}.company_id
            and {{ relation }}.metric_name = {{ earlier }}.metric_name
            and {{ relation }}.month_start_date
            = {{ earlier }}.month_start_date + interval '{{ span }}'
            and {{ earlier }}.month_start_date > {{ earlier }}.first_month_start_date
    {%- endfor %}
)
{%- endmacro %}
