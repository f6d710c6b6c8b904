"""The base of all values, and the door at which they are checked."""
