"""Fold, segments, effects, review routing and the queue: what takes a case from intake to close."""
