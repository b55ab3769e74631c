"""What a turn has to do: the requests in a message, in the order they are served."""
