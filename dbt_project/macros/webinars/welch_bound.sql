{#-
    The lower (side -1) or upper (side 1) end of the interval of the difference of two
    means, the first less the second: Welch (1947), Biometrika 34. `first` and `second`
    are prefixes of columns `_mean`, `_deviation` and `_count`; `z`, the normal quantile,
    and `freedom`, of `welch_freedom`, are columns. Null below 30 values of either, where
    skewed ones have no such interval. Student's quantile is by Abramowitz & Stegun
    26.7.5 (four terms: within 0.00001 from 29 degrees of freedom on, z up to 3.3).
-#}
{% macro welch_bound(first, second, side) -%}
    case
        when {{ first }}_count >= 30 and {{ second }}_count >= 30
            then {{ first }}_mean - {{ second }}_mean
                {{ '+' if side == 1 else '-' }} sqrt(
                    {{ first }}_deviation ^ 2 / {{ first }}_count
                    + {{ second }}_deviation ^ 2 / {{ second }}_count
                ) * (
                    z
                    + (z ^ 3 + z) / 4 / freedom
                    + (5 * z ^ 5 + 16 * z ^ 3 + 3 * z) / 96 / freedom ^ 2
                    + (3 * z ^ 7 + 19 * z ^ 5 + 17 * z ^ 3 - 15 * z)
                    / 384 / freedom ^ 3
                    + (79 * z ^ 9 + 776 * z ^ 7 + 1482 * z ^ 5 - 1920 * z ^ 3 - 945 * z)
                    / 92160 / freedom ^ 4
                )
    end
{%- endmacro %}

{#-
    Degrees of freedom of two means by Welch and Satterthwaite; those of the first where
    neither deviates, when they do not matter.
-#}
{% macro welch_freedom(first, second) -%}
    coalesce(
        (
            {{ first }}_deviation ^ 2 / nullif({{ first }}_count, 0)
            + {{ second }}_deviation ^ 2 / nullif({{ second }}_count, 0)
        ) ^ 2
        / nullif(
            ({{ first }}_deviation ^ 2 / nullif({{ first }}_count, 0)) ^ 2
            / nullif({{ first }}_count - 1, 0)
            + ({{ second }}_deviation ^ 2 / nullif({{ second }}_count, 0)) ^ 2
            / nullif({{ second }}_count - 1, 0),
            0
        ),
        {{ first }}_count
    )
{%- endmacro %}
