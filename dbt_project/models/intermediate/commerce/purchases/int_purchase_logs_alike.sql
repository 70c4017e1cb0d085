{#- Rows that two files must share, and which part of their common days. -#}
{%- set least_rows = 3 -%}
{%- set least_share = 0.9 -%}

with pairs as (
    select * from {{ ref('int_purchase_logs_paired') }}
),

numbered as (
    select * from {{ ref('int_purchase_rows_numbered') }}
),

days as (
    select
        company_id,
        file_sha256,
        purchase_date,
        count(*) as row_count
    from numbered
    group by company_id, file_sha256, purchase_date
),

-- Computed once, whatever number of rows the planner takes a view to have.
sizes as materialized (
    select
        pairs.company_id,
        pairs.older_number,
        pairs.newer_number,
        pairs.newer_name,
        greatest(
            sum(days.row_count)
            filter (where days.file_sha256 = pairs.older_sha256),
            sum(days.row_count)
            filter (where days.file_sha256 = pairs.newer_sha256)
        ) as row_count
    from pairs
    inner join days
        on
            pairs.company_id = days.company_id
            and days.file_sha256 in (pairs.older_sha256, pairs.newer_sha256)
            and pairs.first_date <= days.purchase_date
            and pairs.last_date >= days.purchase_date
    group by
        pairs.company_id,
        pairs.older_number,
        pairs.newer_number,
        pairs.newer_name
),

file_sets as materialized (
    select
        company_id,
        file_numbers,
        count(*) as row_count
    from numbered
    where file_number = file_numbers[1] and cardinality(file_numbers) > 1
    group by company_id, file_numbers
),

alike as (
    select
        sizes.company_id,
        sizes.older_number,
        sizes.newer_number,
        sizes.newer_name
    from sizes
    inner join file_sets
        on
            sizes.company_id = file_sets.company_id
            and file_sets.file_numbers
            @> array[sizes.older_number, sizes.newer_number]
    group by
        sizes.company_id,
        sizes.older_number,
        sizes.newer_number,
        sizes.newer_name,
        sizes.row_count
    having
        sum(file_sets.row_count)
        >= greatest({{ least_rows }}, {{ least_share }} * sizes.row_count)
)

select * from alike
