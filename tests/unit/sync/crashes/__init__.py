"""What becomes of a job when its worker stops dead, or freezes and comes back, anywhere."""
