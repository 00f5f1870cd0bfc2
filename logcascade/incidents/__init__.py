"""Bursts to incidents: links, groups, first failure."""
