"""`base` is the Django backend, `cluster` the way in for everything else."""
