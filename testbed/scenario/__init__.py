"""Citizens, registers, case history and applications, made from a seed, with the end that each case must have."""
