{#-
    CTE `mean_changes`: what a share changed by from a first cohort to a last one, as a
    mean over the ages that both reached, of rows with `reached_count` and `member_count`
    of either (`first_`, `last_`). The interval at one age is Newcombe's (1998, method 10). They are of the
    same people, so their errors go together: that of the mean is taken as the mean of
    theirs, which is the most it can be.
-#}
{% macro mean_changes(rows) -%}
{{ rows }}_bounded as (
    select
        *
        {%- for end in ('first', 'last') %}
        {%- set counts = (end ~ '_reached_count', end ~ '_member_count') %},
        {{ counts[0] }}::double precision / {{ counts[1] }} as {{ end }}_ratio,
        {{ wilson_bound(counts[0], counts[1], -1) }} as {{ end }}_lower,
        {{ wilson_bound(counts[0], counts[1], 1) }} as {{ end }}_upper
        {%- endfor %}
    from {{ rows }}
),

mean_changes as (
    select
        company_id,
        measure,
        first_cohort_month,
        last_cohort_month,
        first_member_count,
        last_member_count,
        count(*)::integer as month_count,
        avg(first_ratio) as first_ratio,
        avg(last_ratio) as last_ratio,
        avg(last_ratio - first_ratio) as change_ratio,
        avg(
            last_ratio - first_ratio - sqrt(
                (last_ratio - last_lower) ^ 2 + (first_upper - first_ratio) ^ 2
            )
        ) as change_lower,
        avg(
            last_ratio - first_ratio + sqrt(
                (last_upper - last_ratio) ^ 2 + (first_ratio - first_lower) ^ 2
            )
        ) as change_upper
    from {{ rows }}_bounded
    group by
        company_id,
        measure,
        first_cohort_month,
        last_cohort_month,
        first_member_count,
        last_member_count
)
{%- endmacro %}
