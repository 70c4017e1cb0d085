{#- Rows that two files must share, and which part of their common days. -#}
{%- set least_rows = 3 -%}
{%- set least_share = 0.9 -%}

with pairs as (
    select * from {{ ref('int_purchase_logs_paired') }}
),

numbered as (
    select * from {{ ref('int_purchase_rows_numbered') }}
),

sizes as (
    select
        pairs.company_id,
        pairs.older_sha256,
        pairs.newer_sha256,
        greatest(
            count(*) filter (where numbered.file_sha256 = pairs.older_sha256),
            count(*) filter (where numbered.file_sha256 = pairs.newer_sha256)
        ) as row_count
    from pairs
    inner join numbered
        on
            pairs.company_id = numbered.company_id
            and (
                pairs.older_sha256 = numbered.file_sha256
                or pairs.newer_sha256 = numbered.file_sha256
            )
            and pairs.first_date <= numbered.purchase_date
            and pairs.last_date >= numbered.purchase_date
    group by pairs.company_id, pairs.older_sha256, pairs.newer_sha256
),

matched as (
    select
        pairs.*,
        older.line_number,
        newer.line_number as newer_line_number,
        count(*) over (
            partition by
                pairs.company_id, pairs.older_sha256, pairs.newer_sha256
        ) as shared_count
    from pairs
    inner join numbered as older
        on
            pairs.company_id = older.company_id
            and pairs.older_sha256 = older.file_sha256
    inner join numbered as newer
        on
            pairs.company_id = newer.company_id
            and pairs.newer_sha256 = newer.file_sha256
            and older.told = newer.told
            and older.copy_number = newer.copy_number
),

-- Newest first.
overlapping as (
    select distinct on (
        matched.company_id, matched.older_sha256, matched.line_number
    )
        matched.company_id,
        matched.older_sha256 as file_sha256,
        matched.line_number,
        matched.newer_name || '#' || matched.newer_line_number as newer_row_id
    from matched
    inner join sizes
        on
            matched.company_id = sizes.company_id
            and matched.older_sha256 = sizes.older_sha256
            and matched.newer_sha256 = sizes.newer_sha256
    where
        matched.shared_count >= {{ least_rows }}
        and matched.shared_count >= {{ least_share }} * sizes.row_count
    order by
        matched.company_id asc,
        matched.older_sha256 asc,
        matched.line_number asc,
        matched.newer_exported_at desc,
        matched.newer_name desc
)

select * from overlapping
