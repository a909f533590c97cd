"""The vault: personal data under a key per case, so that it can be forgotten while the journal still proves."""
