"""The project file: SQLite tables and the queries on them."""
