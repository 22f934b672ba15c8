"""Writes accepted links in the formats other tools read."""
