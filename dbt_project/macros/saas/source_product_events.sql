{#- Events of the product: of webhooks, and of files. -#}
{% macro note_changed_product_events() -%}
    {#- Said while parsing, when nothing below is reached. -#}
    {%- do [
        source('files', 'files'), source('files', 'product_events'),
        source('webhooks', 'events'),
    ] -%}
    {{ note_changed_rows(
        'product_events', 'product_events', 'message_id', ['product_events'],
        [(
            source('webhooks', 'events'), 'event_id',
            "stored.sender = 'segment' and stored.event_id is not null",
        )]
    ) }}
{%- endmacro %}
