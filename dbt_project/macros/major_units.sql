{#-
    An amount in the smallest unit of its currency (upper case), as Stripe tells it, in
    units of the currency. After docs.stripe.com/currencies: most have two decimals;
    those named have none or three; ISK and UGX are told with two that are always zero.
-#}
{% macro major_units(amount, currency_code) -%}
    ({{ amount }}) / case
        when {{ currency_code }} in (
            'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF',
            'VND', 'VUV', 'XAF', 'XOF', 'XPF'
        ) then 1
        when {{ currency_code }} in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 1000
        else 100
    end
{%- endmacro %}
