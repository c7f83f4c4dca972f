"""What the pages of a PDF hold. Only this room imports pdfium."""
