{#- Events of messages: of files, and of webhooks of mail and WhatsApp. -#}
{% macro note_changed_messages() -%}
    {#- Said while parsing, when nothing below is reached. -#}
    {%- do [
        source('files', 'files'), source('files', 'message_events'),
        source('webhooks', 'events'),
    ] -%}
    {{ note_changed_rows(
        'messages', 'message_sends', 'message_id', ['message_events'],
        [(
            source('webhooks', 'events'), 'event_id',
            "stored.sender in ('sendgrid', 'mailgun', 'ses', 'whatsapp')"
            ~ " and stored.event_id is not null",
        )]
    ) }}
{%- endmacro %}
