"""The page where pairs are judged: the list at the left, the pair with all its evidence at the right."""
