"""Arbetsförmedlingen: whether a person is registered as a job seeker, and the latest activity report."""
