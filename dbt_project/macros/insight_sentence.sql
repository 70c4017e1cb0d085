{#-
    The template of an insight with its braces filled in: `{channel}` and `{other}` by the
    labels of the language, `{campaign}` by its name, each other `{name}` by the column
    `name_text`, which is written in English; Spanish has comma and point the other way
    round. Names that people chose come last: braces in them are no places to fill in.
-#}
{% macro insight_sentence(language) -%}
    {%- set names = [
        'estimate', 'lower', 'upper', 'count', 'money', 'money_lower',
        'money_upper', 'earlier', 'new', 'second', 'second_lower', 'second_upper'
    ] -%}
    {%- set ns = namespace(text='templates.template_' ~ language) -%}
    {%- for name in names -%}
        {%- set column = 'written.' ~ name ~ '_text' -%}
        {%- if language == 'es' -%}
            {%- set column = "translate(" ~ column ~ ", ',.', '.,')" -%}
        {%- endif -%}
        {%- set ns.text = replaced(ns.text, name, column) -%}
    {%- endfor -%}
    {%- set ns.text = replaced(
        ns.text, 'other', 'written.other_label_' ~ language
    ) -%}
    {%- set ns.text = replaced(
        ns.text, 'channel', 'written.channel_label_' ~ language
    ) -%}
    {%- set ns.text = replaced(ns.text, 'campaign', 'written.campaign_name') -%}
    {{ ns.text }}
{%- endmacro %}


{% macro replaced(text, name, column) -%}
    replace({{ text }}, '{{ '{' ~ name ~ '}' }}', coalesce({{ column }}, '?'))
{%- endmacro %}


{#- A number by its unit: percent of a share, a ratio, a count, or money. -#}
{% macro written_measure(value, unit) -%}
    case {{ unit }}
        when 'share' then {{ written_number('100 * ' ~ value, 1) }}
        when 'ratio' then {{ written_number(value, 2) }}
        when 'count' then {{ written_number(value) }}
        else {{ written_number(value) }} || ' ' || currency_code
    end
{%- endmacro %}
