"""`make screenshots`: every screen, on a phone and a desktop, light and dark, with much in it, with nothing, and with something wrong."""
