"""Ablation studies: the tables and the figure of the paper, rerun on an open project."""
