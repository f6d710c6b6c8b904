"""The shell behind its entry: reading, commands, rows of JSON Lines, writing."""
