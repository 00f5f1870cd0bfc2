"""Detections in order of time: bursts, runs, background, load."""
