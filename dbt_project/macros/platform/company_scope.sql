{#-
    Which companies a build touches, and up to which date.

    Both come from the caller and end up inside SQL, so they are checked here, the
    one place where they enter. People say them with --vars. A run says them in the
    environment, as JSON: with other --vars than last time, dbt parses the whole
    project again.
-#}

{#-
    The companies to rebuild, or none for all of them. A model asks a dozen times, and
    they are read and checked once.
-#}
{% macro companies_in_scope() %}
    {%- if model is mapping and execute -%}
        {%- if 'companies_in_scope' not in model -%}
            {%- do model.update(companies_in_scope=checked_companies()) -%}
        {%- endif -%}
        {{ return(model['companies_in_scope']) }}
    {%- endif -%}
    {{ return(checked_companies()) }}
{% endmacro %}


{% macro checked_companies() %}
    {%- set company_ids = scope_variable('company_ids', 'TIMONEL_COMPANY_IDS') -%}
    {%- if company_ids is none -%}{{ return(none) }}{%- endif -%}
    {%- if company_ids is string or company_ids is mapping or not company_ids -%}
        {{ exceptions.raise_compiler_error(
            'The variable company_ids is ' ~ company_ids ~ ', but must be a list'
            ' with at least one company, such as ["acme"]. Leave it out to'
            ' rebuild every company.'
        ) }}
    {%- endif -%}
    {%- for company_id in company_ids -%}
        {%- do check_company_id(company_id, 'company_ids') -%}
    {%- endfor -%}
    {{ return(company_ids) }}
{% endmacro %}


{#- A condition that keeps only rows of the companies to rebuild. -#}
{% macro is_in_scope(column='company_id') -%}
    {%- set company_ids = companies_in_scope() -%}
    {%- if company_ids is none -%}
        true
    {%- elif company_ids | length == 1 -%}
        {#- An equality travels through joins to every table; a list does not. -#}
        {{ column }} = '{{ company_ids[0] }}'
    {%- else -%}
        {{ column }} in ('{{ company_ids | join("', '") }}')
    {%- endif -%}
{%- endmacro %}


{#- The as-of date of a company's row: as asked for, else its own today. -#}
{% macro as_of_date() -%}
    {%- set as_of_dates =
        scope_variable('as_of_dates', 'TIMONEL_AS_OF_DATES') or {} -%}
    {%- set today = '(now() at time zone time_zone)::date' -%}
    {%- if as_of_dates is not mapping -%}
        {{ exceptions.raise_compiler_error(
            'The variable as_of_dates is ' ~ as_of_dates ~ ', but must map each'
            ' company to a date, such as {"acme": "2026-11-20"}.'
        ) }}
    {%- endif -%}
    {%- if not as_of_dates -%}
        {{ today }}
    {%- else -%}
        case company_id
        {%- for company_id, day in as_of_dates.items() %}
            {%- do check_company_id(company_id, 'as_of_dates') %}
            {%- do check_date(day, company_id) %}
            when '{{ company_id }}' then date '{{ day }}'
        {%- endfor %}
            else {{ today }}
        end
    {%- endif -%}
{%- endmacro %}


{#- What --vars say; else the environment; else none. -#}
{% macro scope_variable(name, environment_name) %}
    {%- set given = var(name, none) -%}
    {#- Read while parsing, it would be a reason to parse again when it changes. -#}
    {%- if given is none and execute -%}
        {%- set text = env_var(environment_name, 'null') -%}
        {#- Text that is no JSON goes on as it is, for its check to refuse. -#}
        {{ return(fromjson(text, text)) }}
    {%- endif -%}
    {{ return(given) }}
{% endmacro %}


{% macro check_company_id(company_id, variable) %}
    {%- if not modules.re.fullmatch('[a-z][a-z0-9_]{0,39}', company_id | string) -%}
        {{ exceptions.raise_compiler_error(
            'The variable ' ~ variable ~ ' names the company "' ~ company_id ~
            '". A company id is lower-case letters, digits and underscores,'
            ' starts with a letter and has at most 40 characters.'
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro check_date(day, company_id) %}
    {%- if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', day | string) -%}
        {{ exceptions.raise_compiler_error(
            'The variable as_of_dates gives ' ~ company_id ~ ' the date "' ~ day ~
            '". Write it as YYYY-MM-DD.'
        ) }}
    {%- endif -%}
{% endmacro %}
