with years as (
    select * from {{ ref('account_years') }}
    where {{ is_in_scope() }}
),

-- All accounts of a company, and those of each segment.
sides as (
    select
        company_id,
        month_start_date,
        'manager' as care_basis,
        '' as segment,
        has_manager as is_cared_for,
        is_kept
    from years
    union all
    select
        company_id,
        month_start_date,
        'manager' as care_basis,
        segment,
        has_manager as is_cared_for,
        is_kept
    from years
    where segment is not null
    union all
    select
        company_id,
        month_start_date,
        'contact' as care_basis,
        '' as segment,
        was_contacted as is_cared_for,
        is_kept
    from years
    union all
    select
        company_id,
        month_start_date,
        'contact' as care_basis,
        segment,
        was_contacted as is_cared_for,
        is_kept
    from years
    where segment is not null
),

counted as (
    select
        company_id,
        month_start_date,
        care_basis,
        segment,
        count(*) filter (where is_cared_for)::integer as cared_count,
        count(*) filter (where is_cared_for and is_kept)::integer
            as cared_kept_count,
        count(*) filter (where not is_cared_for)::integer as alone_count,
        count(*) filter (where not is_cared_for and is_kept)::integer
            as alone_kept_count
    from sides
    group by company_id, month_start_date, care_basis, segment
),

rated as (
    select
        *,
        cared_kept_count::double precision / cared_count as cared_ratio,
        {{ wilson_bound('cared_kept_count', 'cared_count', -1) }}
            as cared_lower,
        {{ wilson_bound('cared_kept_count', 'cared_count', 1) }}
            as cared_upper,
        alone_kept_count::double precision / alone_count as alone_ratio,
        {{ wilson_bound('alone_kept_count', 'alone_count', -1) }}
            as alone_lower,
        {{ wilson_bound('alone_kept_count', 'alone_count', 1) }}
            as alone_upper
    from counted
    where cared_count > 0 and alone_count > 0
)

select
    company_id,
    care_basis,
    segment,
    month_start_date,
    cared_count,
    cared_kept_count,
    cared_ratio as cared_retention_ratio,
    alone_count,
    alone_kept_count,
    alone_ratio as alone_retention_ratio,
    cared_ratio - alone_ratio as care_difference_ratio,
    {{ newcombe_bound('cared', 'alone', -1) }} as care_difference_lower,
    {{ newcombe_bound('cared', 'alone', 1) }} as care_difference_upper
from rated
