{#-
    The template of an insight with its braces filled in: `{channel}` by the label of
    the language, each other `{name}` by the column `name_text`, which is written in
    English; Spanish has comma and point the other way round.
-#}
{% macro insight_sentence(language) -%}
    {%- set names = [
        'estimate', 'lower', 'upper', 'count', 'money', 'earlier', 'new'
    ] -%}
    {%- set ns = namespace(text='templates.template_' ~ language) -%}
    {%- set ns.text = replaced(
        ns.text, 'channel', 'written.channel_label_' ~ language
    ) -%}
    {%- for name in names -%}
        {%- set column = 'written.' ~ name ~ '_text' -%}
        {%- if language == 'es' -%}
            {%- set column = "translate(" ~ column ~ ", ',.', '.,')" -%}
        {%- endif -%}
        {%- set ns.text = replaced(ns.text, name, column) -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}


{% macro replaced(text, name, column) -%}
    replace({{ text }}, '{{ '{' ~ name ~ '}' }}', coalesce({{ column }}, '?'))
{%- endmacro %}
