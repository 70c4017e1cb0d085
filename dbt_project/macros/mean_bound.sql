{#-
    The lower (side -1) or upper (side 1) end of the 95 % interval of a mean on a scale
    from 0 to 10: mean +- t s / sqrt(n), kept on the scale. Null below 5 values. Student's
    quantile is by Abramowitz & Stegun 26.7.5 (three terms: within 0.01 from
    n = 5 on).
-#}
{% macro mean_bound(mean, deviation, count, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set one = (z ** 3 + z) / 4 -%}
    {%- set two = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 -%}
    {%- set three = (
        3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z
    ) / 384 -%}
    case
        when {{ count }} >= 5 then least(10, greatest(
            0,
            {{ mean }}
            {{ '+' if side == 1 else '-' }} {{ deviation }}
            * (
                {{ z }}
                + {{ one }} / ({{ count }} - 1)
                + {{ two }} / ({{ count }} - 1) ^ 2
                + {{ three }} / ({{ count }} - 1) ^ 3
            ) / sqrt({{ count }})
        ))
    end
{%- endmacro %}
