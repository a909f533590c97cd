"""Citizens, registers, the case system's history and applications, made from a seed, with the end each case must have."""
