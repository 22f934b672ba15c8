"""A curator simulated by known links: what verdicts teach, by the order in which pairs are shown."""
