"""The verifier, `arende-verify`: standard library and cryptography only, and no line shared with what wrote the log.

It reads an export, never a database: whoever doubts the log must not have to trust the program that keeps it.
"""
