{#-
    Two CTEs, `<name>_ranked` and `<name>`: the rows of a kind of file, each key once, as
    the file exported last tells it. Only files that count are read, and companies in
    scope.
-#}
{% macro newest_rows(name, model, key) -%}
{{ name }}_ranked as (
    select
        told.*,
        row_number() over (
            partition by
                told.company_id
                {%- for column in key %}, told.{{ column }}{% endfor %}
            order by
                files.exported_at desc,
                files.file_name desc,
                told.line_number desc
        ) as recency_rank
    from {{ model }} as told
    inner join {{ ref('int_files_current') }} as files
        on
            told.company_id = files.company_id
            and told.file_sha256 = files.file_sha256
    {%- if config.get('materialized') != 'view' %}
    where
        {{ is_in_scope('told.company_id') }}
        and {{ is_in_scope('files.company_id') }}
    {%- endif %}
),

{{ name }} as (
    select * from {{ name }}_ranked
    where recency_rank = 1
)
{%- endmacro %}
