"""What is measured, one concept a file; every function is deterministic and needs no model."""
