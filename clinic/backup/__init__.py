"""Back both databases up while Atlas runs, and bring them back."""
