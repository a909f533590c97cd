"""How names, values and findings read in plain Swedish, for letters, pages and explanations."""
