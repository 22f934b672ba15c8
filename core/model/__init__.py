"""MIMEA itself, one module of the paper a file."""
