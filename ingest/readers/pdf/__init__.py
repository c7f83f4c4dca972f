"""PDF to structure, in stages: pages (words, rules) > lines > tables, columns > layout > structure.

Coordinates are points, the origin is the top left corner of the page, y grows downwards.
"""
