"""The parts of the demo builder: one module a source, one for the links, one for the pictures."""
