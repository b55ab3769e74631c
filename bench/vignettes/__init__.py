"""Sample patients, played by a simulated patient against a real server."""
