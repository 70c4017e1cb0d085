"""What taps that call an API share: requests, errors, slices, the command line."""
