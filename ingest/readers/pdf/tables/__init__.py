"""Tables: ruled grids, rows between rules, and rows that only their alignment makes a table."""
