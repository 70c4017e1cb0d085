{{ webinar_outcomes('month_start_date') }}
