select
    company_id,
    month_start_date,
    currency_code,
    order_count,
    gross_sales,
    discount_amount,
    returned_amount,
    net_sales,
    shipping_amount,
    tax_amount,
    duty_amount,
    fee_amount,
    total_sales,
    tip_amount,
    gift_card_amount,
    tax_basis
from {{ ref('sales_months') }}
