"""Temperature, rain and sunshine per place and day, from Open-Meteo."""
