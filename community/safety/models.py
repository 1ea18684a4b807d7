"""Reports, blocks and decisions."""
