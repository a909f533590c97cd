"""Letters as PDF files in the folder that the print service empties."""
