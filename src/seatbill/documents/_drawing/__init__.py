"""What drawings are made of: a canvas with a time on it, lanes of bars, marks."""
