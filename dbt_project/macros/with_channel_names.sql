{#-
    A CTE of what gates and fits say, in which ids of channels, `google_ads`, are what
    people call them; a fit's reason is of no gate. Ids of one word, as `direct`, could be
    words of the sentence and stay. Reads a CTE `channels`. Without `gates` only what
    fits say.
-#}
{% macro with_channel_names(name, fits, gates=none) -%}
{{ name }}_as_kept as (
    {%- if gates %}
    select
        company_id,
        fit_id,
        gate,
        coalesce(message_es, message) as told_es,
        message as told_en
    from {{ gates }}
    union all
    {%- endif %}
    select
        company_id,
        fit_id,
        null as gate,
        coalesce(reason_es, reason) as told_es,
        reason as told_en
    from {{ fits }}
),

{{ name }} as (
    select
        kept.company_id,
        kept.fit_id,
        kept.gate
        {%- for language in ('es', 'en') %},
        string_agg(
            coalesce(channels.label_{{ language }}, parts.part),
            '' order by parts.place
        ) filter (where languages.code = '{{ language }}') as told_{{ language }}
        {%- endfor %}
    from {{ name }}_as_kept as kept
    cross join lateral (
        values ('es', kept.told_es), ('en', kept.told_en)
    ) as languages (code, told)
    cross join lateral regexp_split_to_table(languages.told, '\m|\M')
        with ordinality as parts (part, place)
    left join channels
        on
            parts.part = channels.channel_id
            and parts.part like '%\_%'
    group by kept.company_id, kept.fit_id, kept.gate
)
{%- endmacro %}
