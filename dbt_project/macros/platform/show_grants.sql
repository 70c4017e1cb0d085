{#-
    Who was granted what on a relation, from its own entry in the catalogue.

    dbt-postgres asks information_schema, whose view is planned for longer than the answer
    takes, once for every model. Grants to everybody are nobody's, as there.
-#}
{% macro postgres__get_show_grant_sql(relation) -%}
    select
        pg_get_userbyid(granted.grantee) as grantee,
        granted.privilege_type
    from pg_class
    cross join aclexplode(pg_class.relacl) as granted
    where
        pg_class.oid = to_regclass('{{ relation }}')
        and pg_get_userbyid(granted.grantor) = current_role
        and granted.grantee not in (0, granted.grantor)
        -- Of Postgres 17 and later; information_schema does not tell of it.
        and granted.privilege_type <> 'MAINTAIN'
{%- endmacro %}
