{#-
    An end of Wilson's interval (1927) of a share of `count`: `sign` is - or +, `z` the
    normal quantile, 1.645 for 90 % and 2.576 for 99 %. Null of nobody.
-#}
{% macro wilson_bound(share, count, sign, z) -%}
    (
        {{ share }} + {{ (z * z / 2) | round(6) }} / nullif({{ count }}, 0)
        {{ sign }} {{ z }} * sqrt(
            {{ share }} * (1 - {{ share }}) / nullif({{ count }}, 0)
            + {{ (z * z / 4) | round(6) }} / nullif({{ count }}, 0) ^ 2
        )
    ) / (1 + {{ (z * z) | round(6) }} / nullif({{ count }}, 0))
{%- endmacro %}


{#-
    An end of Newcombe's interval (1998, method 10) of the difference of two shares, from
    Wilson's of both. Each is named by its column; its ends stand in `_lower`, `_upper`.
-#}
{% macro newcombe_bound(share, other, sign) -%}
    {%- set ends = ('_lower', '_upper') if sign == '-' else ('_upper', '_lower') -%}
    {{ share }} - {{ other }} {{ sign }} sqrt(
        ({{ share }} - {{ share ~ ends[0] }}) ^ 2
        + ({{ other }} - {{ other ~ ends[1] }}) ^ 2
    )
{%- endmacro %}
