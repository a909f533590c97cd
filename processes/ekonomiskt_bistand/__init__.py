"""Ekonomiskt bistånd, monthly re-application: data and rules."""
