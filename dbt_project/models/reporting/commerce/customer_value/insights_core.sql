with predictions as (
    select * from {{ source('predictions', 'predictions_customer') }}
),

insights as (
    select
        company_id,
        {{ row_uuid('company_id', "'insight/' || customer_id") }} as id,
        {{ row_uuid('company_id', 'customer_id') }} as cliente_id,
        probability_no_purchase_90d as probabilidad_churn,
        predicted_value_12m as ltv_predicho_12m,
        expected_orders_90d as compras_esperadas_90d,
        fitted_at as ultima_actualizacion
    from predictions
)

select * from insights
