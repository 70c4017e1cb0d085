with recursive accounts as (
    select * from {{ ref('stg_files__accounts') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

ranked as (
    select
        accounts.company_id,
        accounts.account_id,
        accounts.merged_into_account_id,
        row_number() over (
            partition by accounts.company_id, accounts.account_id
            order by
                files.exported_at desc,
                files.file_name desc,
                accounts.line_number desc
        ) as recency_rank
    from accounts
    inner join files
        on
            accounts.company_id = files.company_id
            and accounts.file_sha256 = files.file_sha256
),

merged as (
    select
        company_id,
        account_id as merged_account_id,
        merged_into_account_id as account_id
    from ranked
    where
        recency_rank = 1
        and merged_into_account_id is not null
        and merged_into_account_id <> account_id
),

-- Who was merged may be merged again. A ring ends by its length.
followed as (
    select
        merged.*,
        1 as step_count
    from merged
    union all
    select
        followed.company_id,
        followed.merged_account_id,
        merged.account_id,
        followed.step_count + 1 as step_count
    from followed
    inner join merged
        on
            followed.company_id = merged.company_id
            and followed.account_id = merged.merged_account_id
    where followed.step_count < 12
),

survivors as (
    select
        *,
        max(step_count) over (
            partition by company_id, merged_account_id
        ) as last_step
    from followed
),

accounts_merged as (
    select
        company_id,
        merged_account_id,
        account_id
    from survivors
    where step_count = last_step
)

select * from accounts_merged
