"""This file holds which characters text may not have: those that nobody sees, or that turn its direction."""

import re

# Controls (new lines and tabs aside), and the characters that make text read in another order than it is stored in:
# embeddings, overrides and isolates (Unicode Standard Annex 9, 2.1 to 2.4).
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
