"""What the tests of the whole share: a real server, and dialogues played inside the process."""
