select
    company_id,
    purchase_number,
    customer_count as gap_customer_count,
    returned_count as gap_returned_count,
    quarter_days as gap_quarter_days,
    median_days as gap_median_days,
    three_quarter_days as gap_three_quarter_days
from {{ ref('purchase_gaps') }}
