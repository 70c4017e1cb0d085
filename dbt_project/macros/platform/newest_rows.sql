{#-
    CTEs `<name>_ranked` and `<name>`: the rows of a kind of file, each key once, as the
    file exported last tells it. Only files that count are read, and companies in scope.

    `also` are models of the same shape that APIs fill, a row per key: what one of them
    tells is not read from files. They need `columns`, by name. A mart that is rebuilt by
    the key's first column says `is_narrow`: it reads only what changed.
-#}
{% macro newest_rows(name, model, key, also=[], columns=[], is_narrow=false) -%}
{%- set is_view = config.get('materialized') == 'view' -%}
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
    {%- if not is_view %}
    where
        {{ is_in_scope('told.company_id') }}
        and {{ is_in_scope('files.company_id') }}
        {%- if is_narrow %}
        and {{ is_changed('told.' ~ key[0], 'told.company_id') }}
        {%- endif %}
    {%- endif %}
),

{% if also -%}
{{ name }}_told as (
    {%- for each in also %}
    {% if not loop.first %}union all{% endif %}
    select
        company_id,
        {{ columns | join(', ') }}
    from {{ each }}
    {%- if not is_view %}
    where
        {{ is_in_scope() }}
        {%- if is_narrow %}
        and {{ is_changed(key[0]) }}
        {%- endif %}
    {%- endif %}
    {%- endfor %}
),

{% endif -%}
{{ name }} as (
    {%- if also %}
    select
        company_id,
        {{ columns | join(', ') }}
    from {{ name }}_told
    union all
    select
        ranked.company_id
        {%- for column in columns %},
        ranked.{{ column }}
        {%- endfor %}
    from {{ name }}_ranked as ranked
    where
        ranked.recency_rank = 1
        and not exists (
            select 1 from {{ name }}_told as told
            where
                told.company_id = ranked.company_id
                {%- for column in key %}
                and told.{{ column }} = ranked.{{ column }}
                {%- endfor %}
        )
    {%- else %}
    select * from {{ name }}_ranked
    where recency_rank = 1
    {%- endif %}
)
{%- endmacro %}
