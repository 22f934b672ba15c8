"""Qt item models: ids and a page cache, sorted and filtered in SQL."""
