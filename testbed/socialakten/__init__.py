"""A second simulated case system, of another make: one page drawn by scripts, an iframe, shadow roots and a wizard."""
