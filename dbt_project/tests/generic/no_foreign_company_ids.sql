{#- Every row belongs to a company that exists. -#}
{% test no_foreign_company_ids(model, column_name) %}
    select rows_by_company.{{ column_name }}
    from (select distinct {{ column_name }} from {{ model }}) as rows_by_company
    where
        not exists (
            select 1 from {{ ref('stg_ops__companies') }} as companies
            where companies.company_id = rows_by_company.{{ column_name }}
        )
{% endtest %}
