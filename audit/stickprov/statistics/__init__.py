"""The statistics of the stickprov: how many to review, and what the result shows. Pure functions, exact inputs.

`compute` answers a family by name, as ``arende stickprov compute`` does; docs/audit.md states each family's convention.
"""

from audit.stickprov.statistics.families import FAMILIES, compute

__all__ = ["FAMILIES", "compute"]
