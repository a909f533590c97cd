"""The evidence: log, vault, stickprov. Imports nothing from the robot."""
