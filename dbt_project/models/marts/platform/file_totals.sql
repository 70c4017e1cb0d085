with companies as (
    select company_id from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

files as (
    select
        company_id,
        count(*) as file_count,
        sum(row_count) as row_count,
        sum(loaded_row_count) as loaded_row_count,
        sum(rejected_total) as quarantined_amount
    from {{ ref('stg_files__files') }}
    where {{ is_in_scope() }}
    group by company_id
),

quarantined_records as (
    select
        company_id,
        count(*) as quarantined_row_count
    from {{ ref('int_quarantined_records_current') }}
    where {{ is_in_scope() }}
    group by company_id
),

marketplace_orders as (
    select
        company_id,
        count(*) filter (where has_unknown_status) as unknown_status_count,
        count(*) filter (
            where comuna_name is not null and comuna_code is null
        ) as unknown_comuna_count
    from {{ ref('int_marketplace_orders_assembled') }}
    where {{ is_in_scope() }}
    group by company_id
),

place_names as (
    select alias from {{ ref('chile_place_names') }}
    where kind = 'comuna'
),

marketplace_users as (
    select
        people.company_id,
        count(*) as unknown_comuna_count
    from {{ ref('int_marketplace_users_matched') }} as people
    left join place_names
        on {{ channel_alias('people.comuna_name') }} = place_names.alias
    where
        {{ is_in_scope('people.company_id') }}
        and people.comuna_name is not null
        and place_names.alias is null
    group by people.company_id
),

totalled as (
    select
        companies.company_id,
        coalesce(files.file_count, 0)::integer as file_count,
        coalesce(files.row_count, 0)::integer as row_count,
        coalesce(files.loaded_row_count, 0)::integer as loaded_row_count,
        coalesce(quarantined_records.quarantined_row_count, 0)::integer
            as quarantined_row_count,
        coalesce(files.quarantined_amount, 0)::numeric(18, 2)
            as quarantined_amount,
        coalesce(marketplace_orders.unknown_status_count, 0)::integer
            as unknown_status_order_count,
        coalesce(marketplace_orders.unknown_comuna_count, 0)::integer
            as unknown_comuna_order_count,
        coalesce(marketplace_users.unknown_comuna_count, 0)::integer
            as unknown_comuna_user_count
    from companies
    left join files
        on companies.company_id = files.company_id
    left join quarantined_records
        on companies.company_id = quarantined_records.company_id
    left join marketplace_orders
        on companies.company_id = marketplace_orders.company_id
    left join marketplace_users
        on companies.company_id = marketplace_users.company_id
)

select * from totalled
