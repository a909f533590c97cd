"""The engine with everything outside it simulated: thousands of cases in one process, with faults by seed."""
