"""Whether what landed is right: contracts, reconciliation, quarantine, anomalies."""
