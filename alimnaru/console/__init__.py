"""The console: what staff see and do in a browser. Pages are rendered here; decisions are not."""
