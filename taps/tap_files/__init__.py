"""Singer tap for exported files under a declared contract."""
