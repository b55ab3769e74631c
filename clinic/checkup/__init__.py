"""What `atlas doctor` looks at on the clinic's side: settings, stores, the machine."""
