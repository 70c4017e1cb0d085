"""One stream per file: its columns, and how a node of Shopify's becomes a record."""
