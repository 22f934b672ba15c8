"""Turns stored graphs into tensors: bags of words, visual descriptors, the edge list."""
