{#-
    SHA-256 (hex) of an e-mail address as every source hashes it, so that a person is the
    same in all of them. Null for none.
-#}
{% macro email_hash(address) -%}
    encode(
            sha256(convert_to(nullif(lower(trim({{ address }})), ''), 'UTF8')),
            'hex'
        )
{%- endmacro %}
