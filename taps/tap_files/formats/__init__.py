"""What a file is written in: rows of CSV, Excel, JSON lines and Parquet."""
