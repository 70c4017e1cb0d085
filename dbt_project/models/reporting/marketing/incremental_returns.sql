with totals as (
    select * from {{ source('predictions', 'media_mix_totals') }}
    where outcome_unit = 'value_12m'
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

channels as (
    select * from {{ ref('channels') }}
),

{{ with_channel_names('sentences', 'totals') }},

margin_labels as (
    select * from {{ ref('margin_labels') }}
),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'incremental_return'
),

told as (
    select
        totals.company_id,
        totals.as_of_date,
        totals.currency_code,
        sentences.told_en as reason_en,
        sentences.told_es as reason_es,
        margins.gross_margin_rate,
        margins.contribution_margin_rate,
        margins.costs_included,
        coalesce(round(100 * margins.fee_told_rate), 0) || ' %' as fees_told,
        totals.total_spend::numeric(18, 2) as spend,
        totals.current_roi as ltv_roas_incremental,
        totals.current_roi_lower as ltv_roas_incremental_lower,
        totals.current_roi_upper as ltv_roas_incremental_upper,
        case
            when totals.status <> 'published' then totals.status
            when margins.contribution_margin_rate is null then 'no_margin'
            when
                margins.contribution_margin_rate * totals.current_roi_lower >= 1
                then 'covered'
            when
                margins.contribution_margin_rate * totals.current_roi_upper < 1
                then 'not_covered'
            else 'open'
        end as verdict
    from totals
    left join margins
        on totals.company_id = margins.company_id
    left join sentences
        on
            totals.company_id = sentences.company_id
            and totals.fit_id = sentences.fit_id
),

labelled as (
    select
        told.*,
        replace(margin_labels.costs_es, '{share}', told.fees_told) as costs_es,
        replace(margin_labels.costs_en, '{share}', told.fees_told) as costs_en,
        labels.label_es as verdict_label_es,
        labels.label_en as verdict_label_en,
        1 / nullif(greatest(told.contribution_margin_rate, 0), 0)
            as break_even_return,
        case
            when told.ltv_roas_incremental > 0
                then 1 / told.ltv_roas_incremental
        end as break_even_margin_rate
    from told
    left join margin_labels
        on
            told.costs_included = margin_labels.costs_included
            and told.contribution_margin_rate is not null
    left join labels
        on told.verdict = labels.term
)

select * from labelled
