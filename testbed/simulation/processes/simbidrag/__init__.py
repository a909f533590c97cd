"""A small process with every kind of step, for the simulation."""
