{#-
    What files tell of a webinar, by webinar. Of Zoom, whose dates have names that several
    tables make, any row builds all of the company.
-#}
{% macro note_changed_webinars() -%}
    {%- set contracts = [
        'webinars', 'registrants', 'attendances', 'webinar_interactions',
        'webinar_ratings', 'offers',
    ] -%}
    {#- Said while parsing, when nothing below is reached. -#}
    {%- do [
        source('files', 'files'), source('files', 'webinars'),
        source('files', 'registrants'), source('files', 'attendances'),
        source('files', 'webinar_interactions'), source('files', 'webinar_ratings'),
        source('files', 'offers'),
    ] -%}
    {%- set others = [
        (source('webhooks', 'events'), none, "stored.sender = 'zoom'"),
        (source('zoom', 'users'), none, 'true'),
        (source('zoom', 'webinars'), none, 'true'),
        (source('zoom', 'instances'), none, 'true'),
        (source('zoom', 'registrants'), none, 'true'),
        (source('zoom', 'panelists'), none, 'true'),
        (source('zoom', 'participants'), none, 'true'),
        (source('zoom', 'absentees'), none, 'true'),
        (source('zoom', 'polls'), none, 'true'),
        (source('zoom', 'questions'), none, 'true'),
        (source('zoom', 'slices'), none, 'true'),
    ] -%}
    {{ note_changed_rows(
        'webinars', 'webinar_registrants', 'webinar_id', contracts, others
    ) }}
{%- endmacro %}
