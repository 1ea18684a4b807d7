"""`make strangers`: what tools that know nothing of us find: Lighthouse on guests' pages, the Nu HTML checker on every screen."""
