"""A running Marquee with the demo data, a browser for it, and the pictures in the documents."""
