"""What all values share, and the door at which they are checked."""
