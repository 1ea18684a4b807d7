"""The demo: a fictional centre whose people, conversations and articles are read from `data/`.

`world.make()` builds it once, and only in a database that holds nobody else.
"""
