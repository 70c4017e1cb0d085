{#-
    Which orders of a shop's API have other raw rows than when this was last asked.

    Once per run, before any model, their ids go into ops.mart_changes as changes of
    `source_orders`, which marts made from raw rows name among their `changes`. A row
    counts as new when the transaction that wrote it is not in the snapshot of the last
    look: no clock and no time stamp is trusted, and a load that was still open then is
    not missed. What no row tells (orders that vanished, lists of deleted orders, guests
    whose address has another owner, customers who are another person now, rates that
    came since) is compared with `orders` itself. A refund in another currency than its
    order's has a rate that `orders` does not keep: its order is made anew every time.

    Everything counts as changed for a company never looked at, after a restore, when
    its files changed (but those of spend), and when it mixes files with a shop's API
    that changed: what files mean may depend on the API's rows.
-#}
{% macro note_changed_source_orders() -%}
    {#- Said while parsing, when nothing below is reached. -#}
    {%- do [
        ref('orders'), ref('stg_shopify__orders'), ref('int_shopify_orders_deleted'),
        ref('int_shopify_customers_matched'), source('files', 'files'),
        ref('int_shopify_customers_identified'), source('ops', 'customer_splits'),
        ref('int_currency_rates_filled'), ref('currency_rates'),
        ref('stg_ops__companies'), ref('stg_shopify__order_refunds'),
        source('shopify', 'orders'), source('shopify', 'order_line_items'),
        source('shopify', 'order_refunds'), source('shopify', 'order_sales'),
        source('shopify', 'order_transactions'),
        source('shopify', 'order_visits'), source('shopify', 'customers'),
    ] -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    {#- As for marts (docs/decisions/0032): views have no statistics. -#}
    {%- do run_query('set enable_nestloop = off') -%}
    with companies as (
        select
            companies.company_id,
            reads.snapshot,
            pg_snapshot_xmin(reads.snapshot)::text::bigint as first_unknown,
            {{ newest_transaction() }} as newest_transaction,
            reads.files_hash is distinct from coalesce(files.files_hash, '')
            or {{ is_of_another_server() }} as is_unknown,
            coalesce(files.has_orders, false) as has_file_orders,
            coalesce(files.files_hash, '') as files_hash,
            server.server_id
        from ops.companies as companies
        cross join (
            {{ hashed_server() | indent(12) }}
        ) as server
        left join ops.raw_reads as reads
            on companies.company_id = reads.company_id
        left join (
            {{ hashed_files() | indent(12) }}
        ) as files
            on companies.company_id = files.company_id
        where {{ is_in_scope('companies.company_id') }}
    ),

    new_rows as (
        {{ new_rows_of_orders() | indent(8) }}
    ),

    differing as (
        {{ differing_orders() | indent(8) }}
    ),

    candidates as (
        select company_id, order_id from new_rows
        union all
        select company_id, order_id from differing
    ),

    wholes as (
        select companies.company_id
        from companies
        where
            companies.is_unknown
            or {{ 'false' if has_orders() else 'true' }}
            or (
                companies.has_file_orders
                and exists (
                    select 1 from candidates
                    where candidates.company_id = companies.company_id
                )
            )
    ),

    noted as (
        insert into ops.mart_changes (company_id, mart, new_row)
        select company_id, 'source_orders', null
        from wholes
        union all
        select distinct
            candidates.company_id,
            'source_orders',
            jsonb_build_object('order_id', candidates.order_id)
        from candidates
        left join wholes
            on candidates.company_id = wholes.company_id
        where wholes.company_id is null and candidates.order_id is not null
    )

    insert into ops.raw_reads (company_id, server_id, snapshot, files_hash)
    select company_id, server_id, pg_current_snapshot(), files_hash
    from companies
    on conflict (company_id) do update set
        server_id = excluded.server_id,
        snapshot = excluded.snapshot,
        files_hash = excluded.files_hash,
        read_at = excluded.read_at
    {%- endif -%}
{%- endmacro %}


{#- Which versions of which files a company shows, and whether they hold orders. -#}
{% macro hashed_files() -%}
    select
        company_id,
        md5(
            string_agg(
                concat_ws(' ', file_name, file_sha256, contract, exported_at),
                chr(10) order by file_name
            )
        ) as files_hash,
        bool_or(contract = 'shopify_orders' or contract like 'marketplace%')
            as has_orders
    from {{ source('files', 'files') }}
    where contract <> 'ad_spend'
    group by company_id
{%- endmacro %}


{#-
    Rows of the API written since the last look, by the order they belong to; without
    one those of customers, and who of them is kept apart: they only matter to orders in
    files, as those of the API are compared.
-#}
{% macro new_rows_of_orders() -%}
    {%- set tables = [
        ('shopify', 'orders', 'id'),
        ('shopify', 'order_line_items', 'order_id'),
        ('shopify', 'order_refunds', 'order_id'),
        ('shopify', 'order_sales', 'order_id'),
        ('shopify', 'order_transactions', 'order_id'),
        ('shopify', 'order_visits', 'order_id'),
        ('shopify', 'customers', none),
        ('ops', 'customer_splits', none),
    ] -%}
    {%- for room, table, column in tables %}
    select
        stored.company_id,
        {{ "'shopify/' || stored." ~ column if column else 'null' }} as order_id
    from {{ source(room, table) }} as stored
    inner join companies
        on stored.company_id = companies.company_id
    where
        {{ is_in_scope('stored.company_id') }}
        and not companies.is_unknown
        and {{ is_written_since() }}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Orders of the API that `orders` tells otherwise, whatever the rows' age. -#}
{% macro differing_orders() -%}
    {%- if not has_orders() -%}
    select null::text as company_id, null::text as order_id where false
    {%- else -%}
    select coalesce(gone.company_id, orders.company_id) as company_id,
        coalesce('shopify/' || gone.order_id, orders.order_id) as order_id
    from (
        select company_id, order_id
        from {{ ref('int_shopify_orders_deleted') }}
        where {{ is_in_scope() }}
    ) as gone
    full join (
        select company_id, source_order_id, order_id
        from {{ ref('orders') }}
        where
            {{ is_in_scope() }}
            and source_contract = 'api'
            and status = 'deleted'
    ) as orders
        on
            gone.company_id = orders.company_id
            and gone.order_id = orders.source_order_id
    where gone.order_id is null or orders.order_id is null
    union all
    select orders.company_id, orders.order_id
    from {{ ref('orders') }} as orders
    inner join {{ ref('stg_shopify__orders') }} as guests
        on
            orders.company_id = guests.company_id
            and orders.source_order_id = guests.order_id
    left join {{ ref('int_shopify_customers_matched') }} as customers
        on
            guests.company_id = customers.company_id
            and guests.email_hash = customers.email_hash
    where
        {{ is_in_scope('orders.company_id') }}
        and {{ is_in_scope('guests.company_id') }}
        and orders.source_contract = 'api'
        and guests.customer_id is null
        and orders.customer_id is distinct from coalesce(
            'shopify/' || customers.customer_id, guests.email_hash
        )
    union all
    select orders.company_id, orders.order_id
    from {{ ref('orders') }} as orders
    left join {{ source('shopify', 'orders') }} as stored
        on
            orders.company_id = stored.company_id
            and orders.source_order_id = stored.id
    left join (
        select company_id, customer_id, person_customer_id
        from {{ ref('int_shopify_customers_identified') }}
        where {{ is_in_scope() }} and customer_id <> person_customer_id
    ) as merged
        on
            stored.company_id = merged.company_id
            and stored.customer_id = merged.customer_id
    where
        {{ is_in_scope('orders.company_id') }}
        and orders.source_contract = 'api'
        and (
            stored.id is null
            or (
                stored.customer_id is not null
                and orders.customer_id is distinct from 'shopify/'
                || coalesce(merged.person_customer_id, stored.customer_id)
            )
        )
    {%- if has_rates() %}
    {{ orders_of_other_rates() }}
    {%- endif %}
    {%- endif -%}
{%- endmacro %}


{#-
    Whether a rate is known, or was at the last run (what one that is gone converted
    waits again): else nobody's money is worth anything else.
-#}
{% macro has_rates() %}
    {%- set mart = ref('currency_rates') -%}
    {%- set kept = run_query(
        "select to_regclass('" ~ mart ~ "') is not null as is_there"
    ) -%}
    {%- set tables = [ref('int_currency_rates_filled')] -%}
    {%- if kept.rows[0]['is_there'] %}{% do tables.append(mart) %}{% endif -%}
    {%- set found = [] -%}
    {%- for table in tables -%}
        {%- do found.append(
            "exists (select from " ~ table ~ " where " ~ is_in_scope() ~ ")"
        ) -%}
    {%- endfor -%}
    {%- set answer = run_query("select " ~ found | join(' or ') ~ " as is_there") -%}
    {{ return(answer.rows[0]['is_there']) }}
{% endmacro %}


{#- Orders, and of refunds those, whose money is converted by another rate by now. -#}
{% macro orders_of_other_rates() -%}
    union all
    select orders.company_id, orders.order_id
    from {{ ref('orders') }} as orders
    inner join {{ ref('stg_ops__companies') }} as companies
        on
            orders.company_id = companies.company_id
            and orders.original_currency_code <> companies.currency_code
    left join {{ ref('int_currency_rates_filled') }} as rates
        on
            orders.company_id = rates.company_id
            and orders.original_currency_code = rates.currency_code
            and orders.order_date = rates.rate_date
    where
        {{ is_in_scope('orders.company_id') }}
        and orders.currency_rate is distinct from rates.rate
    union all
    select orders.company_id, orders.order_id
    from {{ ref('stg_shopify__order_refunds') }} as refunds
    inner join {{ ref('orders') }} as orders
        on
            refunds.company_id = orders.company_id
            and 'shopify/' || refunds.order_id = orders.order_id
            and refunds.currency_code <> orders.original_currency_code
    where {{ is_in_scope('orders.company_id') }} and refunds.has_transactions
{%- endmacro %}


{#- Whether there is anything to compare with, and it will be kept. -#}
{% macro has_orders() %}
    {%- set found = run_query(
        "select to_regclass('" ~ ref('orders') ~ "') is not null"
        ~ " and to_regclass('" ~ ref('int_shopify_orders_deleted') ~ "') is not null"
        ~ " and to_regclass('" ~ ref('int_shopify_customers_matched') ~ "') is not null"
        ~ " and to_regclass('" ~ ref('int_shopify_customers_identified')
        ~ "') is not null"
        ~ " and to_regclass('" ~ ref('int_currency_rates_filled') ~ "') is not null"
        ~ " as is_there"
    ) -%}
    {{ return(not flags.FULL_REFRESH and found.rows[0]['is_there']) }}
{% endmacro %}
