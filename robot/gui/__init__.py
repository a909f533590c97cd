"""The GUI bot: reads and writes a case system through the screens that a person uses."""
