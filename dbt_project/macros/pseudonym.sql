{#-
    A log's own customer id, hashed when it is an e-mail address, a Chilean tax
    number with its hyphen or a telephone number with its country: personal data
    ends in staging. The hash is that of the same address anywhere else, so the
    customer of a log is the guest of a shop. Case, blanks and marks do not count.
-#}
{% macro pseudonym(column) -%}
    case
        when {{ column }} like '%@%'
            then encode(
                sha256(convert_to(lower(trim({{ column }})), 'UTF8')), 'hex'
            )
        when
            trim({{ column }}) ~* '^[0-9]{1,2}[.]?[0-9]{3}[.]?[0-9]{3}-[0-9k]$'
            or trim({{ column }}) ~ '^[+][0-9 ().-]{8,}$'
            then encode(
                sha256(
                    convert_to(
                        lower(
                            regexp_replace({{ column }}, '[\s.()+-]', '', 'g')
                        ),
                        'UTF8'
                    )
                ),
                'hex'
            )
        else nullif(trim({{ column }}), '')
    end
{%- endmacro %}
