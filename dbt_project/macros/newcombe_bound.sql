{#-
    The lower (side -1) or upper (side 1) end of the 95 % interval of the difference of
    two independent shares, the first less the second: Newcombe (1998), Statistics in
    Medicine 17, method 10; equal to `ml_assets.measurement.shares.newcombe_interval`.
    `first` and `second` are prefixes of columns `_ratio`, `_lower` and `_upper` with
    the share and its ends of `wilson_bound`; null where one of them is.
-#}
{% macro newcombe_bound(first, second, side) -%}
    {%- set far = ('upper', 'lower') if side == 1 else ('lower', 'upper') -%}
    {{ first }}_ratio - {{ second }}_ratio
    {{ '+' if side == 1 else '-' }} sqrt(
        ({{ first }}_ratio - {{ first }}_{{ far[0] }}) ^ 2
        + ({{ second }}_ratio - {{ second }}_{{ far[1] }}) ^ 2
    )
{%- endmacro %}
