with numbered as (
    select * from {{ ref('int_purchase_rows_numbered') }}
),

-- Computed once, whatever number of rows the planner takes a view to have.
alike as materialized (
    select * from {{ ref('int_purchase_logs_alike') }}
),

file_sets as materialized (
    select distinct
        company_id,
        file_numbers
    from numbered
    where cardinality(file_numbers) > 1
),

-- Newest first.
retold as materialized (
    select distinct on (
        file_sets.company_id, file_sets.file_numbers, alike.older_number
    )
        file_sets.company_id,
        file_sets.file_numbers,
        alike.older_number,
        alike.newer_number,
        alike.newer_name
    from file_sets
    inner join alike
        on
            file_sets.company_id = alike.company_id
            and file_sets.file_numbers
            @> array[alike.older_number, alike.newer_number]
    order by
        file_sets.company_id asc,
        file_sets.file_numbers asc,
        alike.older_number asc,
        alike.newer_number desc
),

overlapping as (
    select
        numbered.company_id,
        numbered.file_sha256,
        numbered.line_number,
        retold.newer_name || '#' || numbered.line_numbers[
            array_position(numbered.file_numbers, retold.newer_number)
        ] as newer_row_id
    from numbered
    inner join retold
        on
            numbered.company_id = retold.company_id
            and numbered.file_numbers = retold.file_numbers
            and numbered.file_number = retold.older_number
)

select * from overlapping
