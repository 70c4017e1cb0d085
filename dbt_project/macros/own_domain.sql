{#-
    The domain of addresses of a company's own, in small letters and without www; null
    for those that strangers share, which say nothing of who somebody is.
-#}
{% macro own_domain(domain) -%}
case
    when
        regexp_replace(lower(trim({{ domain }})), '^www\.', '') not in (
            '', 'gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com',
            'live.com', 'yahoo.com', 'yahoo.es', 'icloud.com', 'proton.me',
            'protonmail.com', 'gmx.com'
        )
        then regexp_replace(lower(trim({{ domain }})), '^www\.', '')
end
{%- endmacro %}
