{#-
    SHA-256 (hex) of an e-mail address, however its letters and spaces are written; null
    of whoever was forgotten (`privacy/traces`), who would all be one.
-#}
{% macro hashed_email(column) -%}
encode(
            sha256(
                convert_to(
                    nullif(
                        nullif(lower(trim({{ column }})), ''), '[forgotten]'
                    ),
                    'UTF8'
                )
            ),
            'hex'
        )
{%- endmacro %}


{#- SHA-256 (hex) of the digits of a telephone number. -#}
{% macro hashed_phone(column) -%}
encode(
            sha256(
                convert_to(
                    nullif(regexp_replace({{ column }}, '\D', '', 'g'), ''), 'UTF8'
                )
            ),
            'hex'
        )
{%- endmacro %}


{#- What the identification of people reads of a contact. -#}
{% macro contact_columns() -%}
{{ return((
    'contact_id email_hash phone_hash whatsapp_id client_id utm_source medium '
    ~ 'campaign merged_into has_email_consent has_whatsapp_consent registered_at '
    ~ 'loaded_at'
).split()) }}
{%- endmacro %}
