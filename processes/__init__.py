"""One folder per process: data and rules, no plumbing."""
