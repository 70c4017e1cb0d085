{#- The sentence of a finding with its braces filled in, as insight_sentence does. -#}
{% macro month_finding(language) -%}
    {%- set names = [
        'figure', 'earlier', 'change', 'first', 'earlier_first', 'second',
        'earlier_second', 'first_effect', 'second_effect'
    ] -%}
    {%- set ns = namespace(text='templates.template_' ~ language) -%}
    {%- for name in names -%}
        {%- set ns.text = replaced(
            ns.text, name, of_language('written.' ~ name ~ '_text', language)
        ) -%}
    {%- endfor -%}
    {{ ns.text }} || coalesce(
        ' ' || replace(
            templates.year_{{ language }}, '{year}',
            {{ of_language('written.year_text', language) }}
        ), ''
    )
{%- endmacro %}


{#- Spanish has comma and point the other way round. -#}
{% macro of_language(text, language) -%}
    {%- if language == 'es' -%} translate({{ text }}, ',.', '.,')
    {%- else -%} {{ text }}
    {%- endif -%}
{%- endmacro %}


{#- Money in a sentence, in whole units of its currency. -#}
{% macro written_money(value, is_signed=false) -%}
    {% if is_signed -%}
    case when round({{ value }}) > 0 then '+' else '' end ||
    {% endif -%}
    {{ written_number(value) }} || ' ' || currency_code
{%- endmacro %}
