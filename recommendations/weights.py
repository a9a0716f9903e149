"""This file holds what an interaction says about whoever did it: its weight by action, and how soon it fades."""

# An application is the clearest word; a look costs nothing. A dismissal speaks against.
WEIGHTS = {"APPLY": 1.0, "SAVE": 0.7, "CLICK": 0.3, "VIEW": 0.15, "DISMISS": -0.5}
# After this many days an interaction weighs half.
HALF_LIFE_DAYS = 180.0
