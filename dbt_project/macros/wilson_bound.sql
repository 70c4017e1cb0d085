{#-
    The lower (side -1) or upper (side 1) end of the interval of a share, 95 % unless `z`,
    the quantile of the normal distribution, says otherwise; null where nothing is
    counted: Wilson (1927), Journal of the American Statistical Association
    22; equal to `ml_assets.measurement.shares.wilson_interval`, which a test compares.
    Rounding may not put an end outside of 0 to 1: the lower end of none is 0.
-#}
{% macro wilson_bound(part, whole, side, z='1.959963984540054') -%}
    case when {{ whole }} > 0 and {{ part }} is not null
        then {{ 'least(1, ' if side == 1 else 'greatest(0, ' }}
        (
            {{ part }}::double precision + {{ z }} ^ 2 / 2
            {{ '+' if side == 1 else '-' }} {{ z }} * sqrt(
                greatest(
                    {{ part }}::double precision
                    * ({{ whole }} - {{ part }}) / {{ whole }}
                    + {{ z }} ^ 2 / 4,
                    0
                )
            )
        ) / ({{ whole }} + {{ z }} ^ 2)
    ) end
{%- endmacro %}
