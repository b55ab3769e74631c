"""The staff pages at /staff: plain HTML from the server, no script."""
