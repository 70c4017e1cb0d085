"""The probe of websites: which are watched, whether they answer."""
