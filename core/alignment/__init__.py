"""Ranks entities of one graph against those of the other: similarity, decoding, metrics, candidates."""
