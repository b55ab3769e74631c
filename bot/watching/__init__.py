"""Watching a running Atlas: metrics, traces and a log line a turn, none with patients' words."""
