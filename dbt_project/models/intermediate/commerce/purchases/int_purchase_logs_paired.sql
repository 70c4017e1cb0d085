with files as (
    select
        *,
        row_number() over (
            partition by company_id
            order by exported_at, file_name
        ) as file_number
    from {{ ref('int_files_current') }}
    where contract = 'purchases'
),

pairs as (
    select
        older.company_id,
        older.file_sha256 as older_sha256,
        newer.file_sha256 as newer_sha256,
        older.file_number as older_number,
        newer.file_number as newer_number,
        newer.file_name as newer_name,
        greatest(older.first_date, newer.first_date) as first_date,
        least(older.last_date, newer.last_date) as last_date
    from files as older
    inner join files as newer
        on
            older.company_id = newer.company_id
            and older.first_date <= newer.last_date
            and older.last_date >= newer.first_date
            and older.file_number < newer.file_number
)

select * from pairs
