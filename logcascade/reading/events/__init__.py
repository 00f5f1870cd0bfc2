"""Healthy events, counted over whole blocks and never one by one."""
