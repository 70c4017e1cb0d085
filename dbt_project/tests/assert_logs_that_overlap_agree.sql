{{ config(meta={'tells': true}) }}

-- Of two lists without ids that tell the same sales, the older one says nothing
-- else: a row of it that was corrected since, or taken out, would be counted
-- beside the newer list. Looked at are the moments that both cover; lists that
-- have less in common are of other sales, as those of two shops are. Days
-- without a buyer and a time are alike by chance, and tell nothing of that.
{%- set least_rows = 3 -%}
{%- set least_share = 0.5 %}

with pairs as (
    select * from {{ ref('int_purchase_logs_paired') }}
    where {{ is_in_scope() }}
),

purchases as (
    select
        numbered.company_id,
        numbered.file_sha256,
        numbered.line_number,
        numbered.purchase_date,
        numbered.file_numbers,
        purchases.purchased_at,
        purchases.amount,
        coalesce(
            purchases.status in ('paid', 'partially_refunded', 'refunded'), true
        ) as is_sale,
        purchases.customer_id is not null
        or purchases.is_date_only is not true as is_evidence
    from {{ ref('int_purchase_rows_numbered') }} as numbered
    inner join {{ ref('stg_files__purchases') }} as purchases
        on
            numbered.company_id = purchases.company_id
            and numbered.file_sha256 = purchases.file_sha256
            and numbered.line_number = purchases.line_number
    where
        {{ is_in_scope('numbered.company_id') }}
        and purchases.amount <> 0
),

newer as (
    select
        pairs.company_id,
        pairs.older_sha256,
        pairs.newer_sha256,
        pairs.older_number,
        pairs.newer_number,
        min(purchases.purchased_at) as first_at,
        max(purchases.purchased_at) as last_at,
        count(*) filter (where purchases.is_evidence) as size
    from pairs
    inner join purchases
        on
            pairs.company_id = purchases.company_id
            and pairs.newer_sha256 = purchases.file_sha256
            and pairs.first_date <= purchases.purchase_date
            and pairs.last_date >= purchases.purchase_date
    where purchases.is_sale
    group by
        pairs.company_id,
        pairs.older_sha256,
        pairs.newer_sha256,
        pairs.older_number,
        pairs.newer_number
),

-- A list of the last so many rows begins in the middle of a day: where it says
-- nothing new of its first or last moment, the others of it were only left out.
new_ends as materialized (
    select
        newer.company_id,
        newer.older_sha256,
        newer.newer_sha256,
        ends.purchased_at
    from newer
    inner join purchases as ends
        on
            newer.company_id = ends.company_id
            and newer.newer_sha256 = ends.file_sha256
            and ends.purchased_at in (newer.first_at, newer.last_at)
    where
        ends.is_sale
        and newer.older_number <> all(ends.file_numbers)
    group by
        newer.company_id,
        newer.older_sha256,
        newer.newer_sha256,
        ends.purchased_at
),

compared as (
    select
        newer.company_id,
        newer.older_sha256,
        newer.newer_sha256,
        newer.size as newer_size,
        count(*) filter (where older.is_evidence) as older_size,
        count(*) filter (
            where older.is_evidence
            and newer.newer_number = any(older.file_numbers)
        ) as shared_count,
        count(*) filter (
            where newer.newer_number <> all(older.file_numbers)
        ) as left_count,
        sum(older.amount) filter (
            where newer.newer_number <> all(older.file_numbers)
        ) as left_amount,
        min(older.line_number) filter (
            where newer.newer_number <> all(older.file_numbers)
        ) as left_line
    from newer
    inner join purchases as older
        on
            newer.company_id = older.company_id
            and newer.older_sha256 = older.file_sha256
            and newer.first_at <= older.purchased_at
            and newer.last_at >= older.purchased_at
    left join new_ends
        on
            newer.company_id = new_ends.company_id
            and newer.older_sha256 = new_ends.older_sha256
            and newer.newer_sha256 = new_ends.newer_sha256
            and older.purchased_at = new_ends.purchased_at
    where
        older.is_sale
        and (
            newer.newer_number = any(older.file_numbers)
            or new_ends.purchased_at is not null
            or (
                newer.first_at < older.purchased_at
                and newer.last_at > older.purchased_at
            )
        )
    group by
        newer.company_id, newer.older_sha256, newer.newer_sha256, newer.size
),

found as (
    select
        compared.*,
        older_files.file_name as older_name,
        newer_files.file_name as newer_name
    from compared
    inner join {{ ref('int_files_current') }} as older_files
        on
            compared.company_id = older_files.company_id
            and compared.older_sha256 = older_files.file_sha256
    inner join {{ ref('int_files_current') }} as newer_files
        on
            compared.company_id = newer_files.company_id
            and compared.newer_sha256 = newer_files.file_sha256
    where
        compared.shared_count >= {{ least_rows }}
        and compared.shared_count
        >= {{ least_share }} * least(compared.older_size, compared.newer_size)
        and compared.left_count > 0
),

said as (
    select
        *,
        format(
            '%s and %s of %s tell the same sales: %s of %s rows of their common'
            ' days are the same, and %s of %s (the first in line %s, %s in all)'
            ' stand otherwise in the other, or no more, and would be counted'
            ' beside it. Keep one of them: take the other file out of its'
            ' folder, or timonel connect remove.',
            older_name,
            newer_name,
            company_id,
            shared_count,
            older_size,
            left_count,
            older_name,
            left_line,
            to_char(left_amount, 'FM999999999999990.00')
        ) as message
    from found
)

select * from said
