"""What every room stands on: settings, secrets, errors, texts of the platform."""
