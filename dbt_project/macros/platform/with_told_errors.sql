{#- CTEs: `errors`, what the last error of a connection means, in Spanish, before the error
    itself; of its kinds the first holds. Reads a CTE `connections`. -#}
{% macro with_told_errors() %}
kinds as (
    select * from {{ ref('connection_error_kinds') }}
),

errors as (
    select distinct on (connections.company_id, connections.connection_id)
        connections.company_id,
        connections.connection_id,
        regexp_replace(
            connections.source_slug || ': ' || connections.last_error,
            '^.*(?:' || kinds.pattern || ').*$',
            kinds.template_es
        )
        || ' Detalle técnico (en inglés): '
        || connections.last_error as error_es
    from connections
    inner join kinds
        on connections.source_slug || ': ' || connections.last_error ~ kinds.pattern
    order by
        connections.company_id,
        connections.connection_id,
        kinds.kind_rank
)
{% endmacro %}
