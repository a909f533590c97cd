"""Views of the journal in standards' own formats. Every one is made from entries alone and holds no personal values."""
