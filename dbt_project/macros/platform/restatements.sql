{#-
    The restatement ledger: how a number that was published moved, when and why.

    A mart with `restated` under its meta writes into ops.restatements every number
    that a build changes of a day that an earlier build had published, that is, a day up
    to that build's as-of date. First builds and new days are no restatements.

        restated:
          date: calendar_date
          subject: [channel_id]
          reasons:
            orders:
              date: order_date
              subject: [channel_id]
              numbers: [last_click_revenue]

    `reasons` names the marts that numbers of a day come from, and their column with
    the day: what changed there says why. It says so of the rows of its `subject`, their
    own columns in the order of the mart's, and of its `numbers`; left out, of all.
-#}
{% macro keep_restatements(target, result, restated) -%}
    {%- set key = primary_key_columns() -%}
    {%- set numbers = [] -%}
    {%- for column in model.columns.values()
        if column.data_type.split('(')[0] in ('integer', 'bigint', 'numeric') -%}
        {%- do numbers.append(column.name) -%}
    {%- endfor -%}
    insert into ops.restatements (
        company_id, mart, restated_date, subject, metric, old_value, new_value,
        reasons, build_id
    )
    with changed as (
        {{ changed_rows(target, result, key + numbers) | indent(8) }}
    ),

    dated as (
        select
            changed.*,
            (coalesce(changed.old_row, changed.new_row) ->> '{{ restated.date }}')::date
                as restated_date,
            concat_ws('/', null
            {%- for column in restated.get('subject', []) -%}
                , coalesce(changed.old_row, changed.new_row) ->> '{{ column }}'
            {%- endfor -%}
            ) as subject,
            builds.as_of_date,
            case
                when builds.definition <> '{{ definition() }}' then 'definition'
                else 'unknown'
            end as otherwise
        from changed
        inner join ops.mart_builds as builds
            on changed.company_id = builds.company_id
        where builds.mart = '{{ this.identifier }}'
    ),

    moved as (
        select
            dated.company_id,
            dated.restated_date,
            dated.subject,
            dated.otherwise,
            metrics.metric,
            (dated.old_row ->> metrics.metric)::numeric as old_value,
            (dated.new_row ->> metrics.metric)::numeric as new_value
        from dated
        cross join unnest(array['{{ numbers | join("', '") }}']) as metrics (metric)
        where
            dated.restated_date <= dated.as_of_date
            and coalesce((dated.old_row ->> metrics.metric)::numeric, 0)
            <> coalesce((dated.new_row ->> metrics.metric)::numeric, 0)
    ),

    whys as (
        {{ restatement_reasons(restated.reasons) | indent(8) }}
    ),

    distinct_whys as (
        select distinct * from whys
        where reason is not null
    ),

    reasons as (
        select
            moved.company_id,
            moved.restated_date,
            moved.subject,
            moved.metric,
            array_agg(distinct whys.reason order by whys.reason) as reasons
        from moved
        inner join distinct_whys as whys
            on
                moved.company_id = whys.company_id
                and moved.restated_date = whys.restated_date
                and moved.subject = coalesce(whys.subject, moved.subject)
                and (whys.numbers is null or moved.metric = any(whys.numbers))
        group by
            moved.company_id, moved.restated_date, moved.subject, moved.metric
    )

    select
        moved.company_id,
        '{{ this.identifier }}',
        moved.restated_date,
        moved.subject,
        moved.metric,
        moved.old_value,
        moved.new_value,
        coalesce(reasons.reasons, array[moved.otherwise]),
        '{{ invocation_id }}'
    from moved
    left join reasons
        on
            moved.company_id = reasons.company_id
            and moved.restated_date = reasons.restated_date
            and moved.subject = reasons.subject
            and moved.metric = reasons.metric
    order by
        moved.company_id, moved.restated_date, moved.subject, moved.metric
{%- endmacro %}


{#- Why numbers of a day moved, from the changes this mart has not read yet. -#}
{% macro restatement_reasons(sources) -%}
    {%- for mart, of in sources.items() -%}
        {%- for row in ('old_row', 'new_row') %}
    select
        changes.company_id,
        (changes.{{ row }} ->> '{{ of.date }}')::date as restated_date,
        {% if of.subject -%}
        concat_ws('/', null
        {%- for column in of.subject -%}
            , changes.{{ row }} ->> '{{ column }}'
        {%- endfor -%}
        )
        {%- else -%}
        null::text
        {%- endif %} as subject,
        {% if of.numbers -%}
        array['{{ of.numbers | join("', '") }}']
        {%- else -%}
        null::text[]
        {%- endif %} as numbers,
        {{ change_reason(mart) }} as reason
    from ops.mart_changes as changes
    inner join ops.mart_builds as builds
        on changes.company_id = builds.company_id
    where
        {{ is_in_scope('changes.company_id') }}
        and changes.mart = '{{ mart }}'
        and changes.{{ row }} is not null
        and builds.mart = '{{ this.identifier }}'
        and changes.change_id > builds.seen_through
    {{ 'union all' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- One word for what happened to a row of a mart; the first that applies. -#}
{% macro change_reason(mart) -%}
    {%- set differ = 'changes.old_row ->> {0} is distinct from changes.new_row ->> {0}' -%}
    {%- set told = [
        ('deleted_at_source', "changes.new_row ->> 'status' = 'deleted' and "
            ~ differ.format("'status'")),
        ('cancellation', "changes.new_row ->> 'status' = 'cancelled' and "
            ~ differ.format("'status'")),
        ('currency_rate', differ.format("'currency_rate'")),
        ('refund', differ.format("'refund_amount'")),
        ('moved_day', differ.format("'order_date'")),
        ('moved_customer', differ.format("'customer_id'")),
        ('status', differ.format("'status'")),
        ('amount', differ.format("'gross_revenue'") ~ ' or '
            ~ differ.format("'discount_amount'") ~ ' or '
            ~ differ.format("'tax_amount'") ~ ' or '
            ~ differ.format("'shipping_amount'")),
        ('revenue_settings', differ.format("'excluded_amount'")),
        ('attribution', differ.format("'channel_id'")),
    ] -%}
    {%- if mart == 'orders' -%}
    case
        when changes.old_row is null then 'late_order'
        when changes.new_row is null then 'order_gone'
        {%- for reason, condition in told %}
        when {{ condition }} then '{{ reason }}'
        {%- endfor %}
        else 'other'
    end
    {%- elif mart == 'customers' -%}
    case
        when {{ differ.format("'first_order_date'") }} then 'first_order_moved'
    end
    {%- elif mart == 'campaign_days' -%}
    'spend'
    {%- else -%}
    '{{ mart }}'
    {%- endif %}
{%- endmacro %}
