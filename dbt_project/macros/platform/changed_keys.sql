{#-
    Which rows of a mart its sources' changes can reach.

    A mart that says `rebuilt_by` under its meta is made anew only for the keys that
    changed since it was last built:

        rebuilt_by:
          key: customer_id
          changes: {orders: [customer_id], companies: all}

    `changes` names each mart it reads, and the columns whose values, before and after
    the change, are its keys; `all` means that any change reaches every row. The marts
    named keep their changes in ops.mart_changes (see mart_changes.sql). Keys that begin
    with what `always` says are made anew every time, and a mart that
    `ends_with_as_of_date` is built whole when that date is another. One that only knows
    what happened by then says `known_by: {product_events: activity_date}`: reached are
    the keys of rows, of that mart or of itself, whose date lies between the two.

    A change that says no key may say a column of the mart's own rows, whose keys it is,
    `merged_accounts: {merged_account_id: told_account_id}`, or of another's,
    `webinar_records: {webinar_id: webinar_people.webinar_id}`. A change that reaches all
    that is said of its day or of a later one says so:
    `account_contacts: {contact_date: <= score_days.scored_on}`.
-#}

{#-
    A condition that keeps the keys to be made anew; true when the mart is built
    whole. It is written with literals, because only those travel through windows,
    unions and subqueries down to an index. Of keys that are days, `days` are those that
    end with one.
-#}
{% macro is_changed(column, company_column='company_id', days=1) -%}
    {%- set is_narrow =
        execute
        and flags.WHICH in ('run', 'build')
        and model.resource_type == 'model'
        and 'rebuilt_by' in config.get('meta', {})
        and is_incremental() -%}
    {{ keys_condition(column, company_column, days) if is_narrow else 'true' }}
{%- endmacro %}


{#- Whether a mart is made anew for some keys only, and for none this time. -#}
{% macro is_unchanged() -%}
    {{ return(is_changed(rebuilt_key()) | trim == '(false)') }}
{%- endmacro %}


{% macro keys_condition(column, company_column, days) -%}
    {%- set conditions = [] -%}
    {%- set rebuilt_by = config.get('meta').rebuilt_by -%}
    {%- set type = model.columns[rebuilt_by.key].data_type -%}
    {%- set always = rebuilt_by.get('always') -%}
    {%- for company in changed_keys() -%}
        {%- set is_company = company_column ~ " = '" ~ company['company_id'] ~ "'" -%}
        {%- if company['is_whole'] -%}
            {%- do conditions.append(is_company) -%}
        {%- else -%}
            {%- set keys = [] -%}
            {%- if company['keys'] -%}
                {%- set told =
                    "'" ~ company['keys'] | replace("'", "''") ~ "'::" ~ type ~ '[]' -%}
                {%- do keys.append(
                    column ~ ' = any(' ~ (
                        told if days == 1 else days_before(told, days)
                    ) ~ ')'
                ) -%}
            {%- endif -%}
            {%- if always -%}
                {%- do keys.append('starts_with(' ~ column ~ ", '" ~ always ~ "')") -%}
            {%- endif -%}
            {%- if keys -%}
                {%- do conditions.append(
                    is_company ~ ' and (' ~ keys | join(' or ') ~ ')'
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    ({{ conditions | join(' or ') if conditions else 'false' }})
{%- endmacro %}


{#- The days that end with one of some days, it among them. -#}
{% macro days_before(told, days) -%}
    array(
        select told.day - numbers.number
        from unnest({{ told }}) as told (day)
        cross join generate_series(0, {{ days - 1 }}) as numbers (number)
    )
{%- endmacro %}


{#-
    One row per company in scope: whether this mart is built whole for it, else for
    which keys (as the text of an array), and up to which change that accounts. Asked
    once when a model is compiled and once when it is built, in its transaction.
-#}
{% macro changed_keys() %}
    {%- if 'asked_changed_keys' not in model -%}
        {%- do model.update(asked_changed_keys=run_query(query_of_changed_keys()).rows) -%}
    {%- endif -%}
    {{ return(model['asked_changed_keys']) }}
{% endmacro %}


{% macro query_of_changed_keys() -%}
    {%- set rebuilt_by = config.get('meta', {}).get('rebuilt_by', {}) -%}
    {%- set sources = rebuilt_by.get('changes', {}) -%}
    with companies as (
        select company_id, {{ as_of_date() }} as as_of_date
        from ops.companies
        where {{ is_in_scope() }}
    ),

    changes as (
        select
            company_id,
            change_id,
            mart,
            old_row,
            new_row,
            coalesce(old_row, new_row) is null
            {%- for mart, columns in sources.items() if columns == 'all' %}
            or mart = '{{ mart }}'
            {%- endfor %} as is_everything
        from ops.mart_changes
        where
            {{ is_in_scope() }}
            and mart in ('{{ (sources | list + ['']) | join("', '") }}')
    ),

    reached as (
        select company_id, max(change_id) as seen_through
        from changes
        group by company_id
    ),

    unseen as (
        select changes.*
        from changes
        inner join ops.mart_builds as builds
            on changes.company_id = builds.company_id
        where
            builds.mart = '{{ this.identifier }}'
            and changes.change_id > builds.seen_through
    ),

    keys as (
        select company_id, null as key, true as is_everything
        from unseen
        where is_everything
        {%- for mart, columns in sources.items() if columns != 'all' %}
            {%- for column in columns if columns is not mapping or is_incremental() %}
                {%- for row in ('old_row', 'new_row') %}
        union all
                    {%- if columns is mapping %}
                        {%- set told = columns[column].split(' ')[-1].split('.') %}
        select unseen.company_id, told.{{ rebuilt_by.key }}::text, false
        from unseen
        inner join {{ beside(told[:-1]) }} as told
            on
                unseen.company_id = told.company_id
                {#- Days are text in the same order, and what is no day is equal. #}
                and unseen.{{ row }} ->> '{{ column }}'
                {{ '<=' if columns[column].startswith('<= ') else '=' }}
                told.{{ told[-1] }}::text
        where unseen.mart = '{{ mart }}' and {{ is_in_scope('told.company_id') }}
                    {%- else %}
        select company_id, {{ row }} ->> '{{ column }}', false
        from unseen
        where mart = '{{ mart }}'
                    {%- endif %}
                {%- endfor %}
            {%- endfor %}
        {%- endfor %}
        {%- for mart, column in rebuilt_by.get('known_by', {}).items()
            if is_incremental() %}
        union all
        select told.company_id, told.{{ rebuilt_by.key }}::text, false
        from {{ beside([mart]) }} as told
        inner join companies
            on told.company_id = companies.company_id
        inner join ops.mart_builds as builds
            on companies.company_id = builds.company_id
        where
            {{ is_in_scope('told.company_id') }}
            and builds.mart = '{{ this.identifier }}'
            and told.{{ column }}
            > least(builds.as_of_date, companies.as_of_date)
            and told.{{ column }}
            <= greatest(builds.as_of_date, companies.as_of_date)
        {%- endfor %}
    ),

    gathered as (
        select
            company_id,
            bool_or(is_everything) or count(distinct key) > {{ most_keys() }}
                as is_whole,
            count(distinct key)::integer as key_count,
            array_agg(distinct key order by key)
                filter (where key is not null)::text as keys
        from keys
        group by company_id
    )

    select
        companies.company_id,
        coalesce(gathered.is_whole, false)
        {%- if rebuilt_by.get('ends_with_as_of_date') %}
        or builds.as_of_date is distinct from companies.as_of_date
        {%- endif %}
        or builds.definition is distinct from '{{ definition() }}' as is_whole,
        coalesce(gathered.key_count, 0) as key_count,
        gathered.keys,
        greatest(
            coalesce(reached.seen_through, 0), coalesce(builds.seen_through, 0)
        ) as seen_through
    from companies
    left join ops.mart_builds as builds
        on
            companies.company_id = builds.company_id
            and builds.mart = '{{ this.identifier }}'
    left join reached
        on companies.company_id = reached.company_id
    left join gathered
        on companies.company_id = gathered.company_id
    order by companies.company_id
{%- endmacro %}


{#- The mart of this name, if one is said, else the one that is built. -#}
{% macro beside(names) -%}
    {{- this.incorporate(path={'identifier': names[0]}) if names else this -}}
{%- endmacro %}


{#- Past this many a list of keys is slower than reading everything. -#}
{% macro most_keys() %}
    {{ return(50000) }}
{% endmacro %}


{#-
    What decides what this mart makes of the same rows: its own text, the project it
    stands in, as the run knows it, and the variables.
-#}
{% macro definition() -%}
    {{ local_md5(
        model.checksum.checksum
        ~ env_var('TIMONEL_PROJECT_FINGERPRINT', '')
        ~ var('outlier_threshold')
    ) }}
{%- endmacro %}
