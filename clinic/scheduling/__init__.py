"""Finding, holding, booking, moving and cancelling visits."""
