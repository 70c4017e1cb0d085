with records as (
    select
        *,
        case
            when matched_by is not null then matched_by
            when account_id is not null then 'alone'
            else 'unmatched'
        end as matched_how
    from {{ ref('account_records') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'match'
),

told as (
    select
        records.company_id,
        records.system_name,
        records.record_id,
        records.account_id,
        records.matched_how,
        labels.place,
        labels.label_es as match_label_es,
        labels.label_en as match_label_en
    from records
    inner join labels
        on records.matched_how = labels.word
)

select * from told
