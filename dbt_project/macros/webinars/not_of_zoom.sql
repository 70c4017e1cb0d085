{#- Whether a row of a file is of a webinar that Zoom does not tell of itself. -#}
{% macro not_of_zoom(told) -%}
    not exists (
        select 1
        from {{ ref('int_zoom_dates') }} as zoom
        where
            {{ told }}.company_id = zoom.company_id
            and {{ told }}.webinar_id = zoom.webinar_id
    )
{%- endmacro %}
