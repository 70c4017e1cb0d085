select
    company_id,
    {{ row_uuid('company_id', 'customer_id') }} as customer_id,
    probability_no_purchase_90d as churn_probability,
    expected_orders_90d as expected_purchases_90d,
    predicted_value_12m::double precision as predicted_ltv_12m,
    fitted_at as last_update
from {{ source('predictions', 'predictions_customer') }}
