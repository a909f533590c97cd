"""The web pages for handläggare, controllers and drift."""
