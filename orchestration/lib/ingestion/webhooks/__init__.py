"""What other systems deliver by webhook: received, kept raw, and read afterwards."""
