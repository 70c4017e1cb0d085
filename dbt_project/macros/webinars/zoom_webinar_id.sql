{#-
    What a webinar of Zoom is called here: the number of one that has one date, and with
    the uuid of the date the number of one that has several.

    webinars: the row of int_zoom_webinars.
-#}
{% macro zoom_webinar_id(webinars, instance_id) -%}
    case
            when {{ webinars }}.is_series
                then {{ webinars }}.webinar_number || '/' || {{ instance_id }}
            else {{ webinars }}.webinar_number
        end
{%- endmacro %}
