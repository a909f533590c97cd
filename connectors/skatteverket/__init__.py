"""Skatteverket: protection, folkbokföring, capital, tax refunds and employer declarations."""
