"""This package holds the product with its demo data in a real browser, and the pictures of it in the documents."""
