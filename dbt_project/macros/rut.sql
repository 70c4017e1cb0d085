{#-
    Whether a Chilean tax number (RUT) has the check digit that modulo 11 gives;
    null for null. The text comes without points, spaces and hyphens, in capitals.

    The digits before the last, from the right, are weighed 2, 3, 4, 5, 6, 7, 2, 3;
    the check digit is 11 less the sum's remainder by 11, written 0 for 11 and K
    for 10. 60803000-K is one: that of the tax office (SII) itself.
-#}
{% macro is_wellformed_rut(normalised_rut) -%}
    {%- set body = "lpad(left(" ~ normalised_rut ~ ", -1), 8, '0')" -%}
    case
        when {{ normalised_rut }} ~ '^0*[1-9][0-9]{0,7}[0-9K]$'
            and length({{ normalised_rut }}) <= 9
            then right({{ normalised_rut }}, 1) = substr(
                '0123456789K',
                1 + (
                    11 - (
                    {%- for weight in [3, 2, 7, 6, 5, 4, 3, 2] %}
                        {{ weight }} * substr({{ body }}, {{ loop.index }}, 1)::integer
                        {{- ' +' if not loop.last }}
                    {%- endfor %}
                    ) % 11
                ) % 11,
                1
            )
        when {{ normalised_rut }} is not null then false
    end
{%- endmacro %}
