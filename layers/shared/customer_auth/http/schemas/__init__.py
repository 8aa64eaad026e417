"""Bodies and answers that several endpoints share; what one endpoint alone has stands in its own file."""
