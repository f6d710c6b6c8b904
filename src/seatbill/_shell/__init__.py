"""What the shell does: reading, the commands, rows of JSON Lines, writing."""
