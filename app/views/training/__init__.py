"""The Train page: running, comparing, judging and ablating runs."""
