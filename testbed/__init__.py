"""A simulated municipality: case system, registers, citizens, faults."""
