"""`python -m bench` measures what the product costs, beside what it could be compared with."""
