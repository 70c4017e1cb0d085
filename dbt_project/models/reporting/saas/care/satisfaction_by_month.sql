with months as (
    select * from {{ ref('survey_months') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'touchpoint'
),

spread as (
    select
        *,
        100 * (promoter_count - detractor_count)::double precision
        / answer_count as nps_score,
        -- 196 of the root of the variance of -1, 0 and 1 over n, as in
        -- ml_assets.subscriptions.surveys.
        196 * sqrt(greatest(
            (promoter_count + detractor_count)::double precision / answer_count
            - (
                (promoter_count - detractor_count)::double precision
                / answer_count
            ) ^ 2,
            0
        ) / answer_count) as half_width
    from months
),

told as (
    select
        spread.company_id,
        spread.month_start_date,
        spread.survey_kind,
        spread.touchpoint,
        labels.place,
        labels.label_es as touchpoint_label_es,
        labels.label_en as touchpoint_label_en,
        spread.answer_count,
        spread.promoter_count,
        spread.detractor_count,
        spread.nps_score,
        case
            when spread.nps_score is not null
                then greatest(spread.nps_score - spread.half_width, -100)
        end as nps_score_lower,
        case
            when spread.nps_score is not null
                then least(spread.nps_score + spread.half_width, 100)
        end as nps_score_upper,
        spread.top_two_count,
        spread.top_two_count::double precision / spread.answer_count
            as csat_top2_ratio,
        case
            when spread.top_two_count is not null
                then {{ wilson_bound(
                    'spread.top_two_count', 'spread.answer_count', -1
                ) }}
        end as csat_top2_ratio_lower,
        case
            when spread.top_two_count is not null
                then {{ wilson_bound(
                    'spread.top_two_count', 'spread.answer_count', 1
                ) }}
        end as csat_top2_ratio_upper,
        spread.mean_10 as csat_mean_10
    from spread
    inner join labels
        on spread.touchpoint = labels.word
)

select * from told
