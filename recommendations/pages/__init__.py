"""The pages for people: HTML that the server renders and a few modules enhance."""
