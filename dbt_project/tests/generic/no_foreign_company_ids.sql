{#-
    Every row belongs to a company that exists. The companies of a mart are found one
    after the other in its key, which begins with them: its rows are not read.
-#}
{% test no_foreign_company_ids(model, column_name) %}
    with recursive found as (
        (
            select {{ column_name }} from {{ model }}
            order by {{ column_name }} limit 1
        )
        union all
        select (
            select rows_after.{{ column_name }} from {{ model }} as rows_after
            where rows_after.{{ column_name }} > found.{{ column_name }}
            order by rows_after.{{ column_name }} limit 1
        )
        from found
        where found.{{ column_name }} is not null
    )

    select found.{{ column_name }}
    from found
    where
        found.{{ column_name }} is not null
        and not exists (
            select 1 from {{ ref('stg_ops__companies') }} as companies
            where companies.company_id = found.{{ column_name }}
        )
{% endtest %}
