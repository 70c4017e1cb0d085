{#- The plans that a text names, apart by commas, semicolons or bars; null of no text. -#}
{% macro plans_named(column) -%}
    regexp_split_to_array(lower(trim({{ column }})), '\s*[;,|]\s*')
{%- endmacro %}

{#- The CTE `offered`: which plans have a feature, and since when, of the CTEs `features`
    and `companies`. -#}
{% macro offered_features() -%}
offered as (
    select
        features.company_id,
        features.feature,
        features.feature_tier,
        (features.released_at at time zone companies.time_zone)::date
            as released_on,
        {{ plans_named('features.plans') }} as plan_names
    from features
    inner join companies
        on features.company_id = companies.company_id
)
{%- endmacro %}
