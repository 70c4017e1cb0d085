{#-
    The lower (side -1) or upper (side 1) end of the 95 % interval of a share, null where
    nothing is counted: Wilson (1927), Journal of the American Statistical Association
    22; equal to `ml_assets.measurement.shares.wilson_interval`, which a test compares.
-#}
{% macro wilson_bound(part, whole, side) -%}
    {%- set z = '1.959963984540054' -%}
    (
        (
            {{ part }}::double precision + {{ z }} ^ 2 / 2
            {{ '+' if side == 1 else '-' }} {{ z }} * sqrt(
                greatest(
                    {{ part }}::double precision
                    * ({{ whole }} - {{ part }}) / nullif({{ whole }}, 0)
                    + {{ z }} ^ 2 / 4,
                    0
                )
            )
        ) / nullif({{ whole }} + {{ z }} ^ 2, {{ z }} ^ 2)
    )
{%- endmacro %}
