"""How people come into a group: asking, waiting, offers, and the rules of joining."""
