"""The tests: one folder a room, then flows, browser, and tests of the house itself."""
