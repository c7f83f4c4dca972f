"""PDF to structure, in stages: page (words, rules) > lines > tables, columns > flow > structure.

Coordinates are points, the origin is the top left corner of the page, y grows downwards.
"""
