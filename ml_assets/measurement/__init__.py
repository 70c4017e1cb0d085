"""What facts say of what was done: lists that were written to, campaigns that won."""
