"""`python -m chaos` breaks what a running product stands on, and measures what clients see."""
