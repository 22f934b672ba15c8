"""Reading knowledge graphs: records, one reader per format, format detection. The store is unknown here."""
