{#-
    The domain of addresses of a company's own, in small letters and without www; null
    for those that strangers share, in whatever country, which say nothing of who
    somebody is.
-#}
{% macro own_domain(domain) -%}
{%- set shared = [
    'gmail', 'googlemail', 'outlook', 'hotmail', 'live', 'msn', 'yahoo', 'ymail',
    'rocketmail', 'icloud', 'me', 'mac', 'aol', 'proton', 'protonmail', 'pm', 'gmx',
    'mail', 'web', 'zoho', 'yandex', 'qq', '163', 'terra', 'vtr', 'telefonica',
    'movistar', 'orange', 'wanadoo', 'free', 'laposte', 'libero', 'comcast', 'verizon',
    'uol', 'bol',
] -%}
{%- set plain = "regexp_replace(lower(trim(" ~ domain ~ ")), '^www\\.', '')" -%}
case
    when {{ plain }} !~ '^(|({{ shared | join('|') }})\.[a-z]{2,3}(\.[a-z]{2})?)$'
        then {{ plain }}
end
{%- endmacro %}
