"""One tap for every source that a file in ``taps/sources`` declares whole."""
