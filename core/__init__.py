"""Everything MIMEA Explorer knows and computes, without a window: no module in here imports Qt."""

__version__ = "0.1.0"
