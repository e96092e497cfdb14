"""Measurements of speed and memory: everything against something in the same run, as ratios with their spread."""
