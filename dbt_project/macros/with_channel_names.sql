{#-
    A sentence in which ids of channels, `google_ads`, are what people call them. Ids of
    one word, as `direct`, could be words of the sentence and stay. Reads a CTE `channels`.
-#}
{% macro with_channel_names(sentence, language) -%}
    (
        select
            string_agg(
                coalesce(channels.label_{{ language }}, parts.part),
                '' order by parts.place
            )
        from
            regexp_split_to_table({{ sentence }}, '\m|\M')
            with ordinality as parts (part, place)
        left join channels
            on
                parts.part = channels.channel_id
                and parts.part like '%\_%'
    )
{%- endmacro %}
