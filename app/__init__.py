"""The Qt front end: windows, models and workers over the functions of :mod:`core`."""
