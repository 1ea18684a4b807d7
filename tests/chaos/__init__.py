"""Chaos tests: people write while servers, database, Redis and connections break, drawn from a seed; then silence, and a checker.

    make chaos MINUTES=1 SEED=7     one run; the same seed draws the same faults
    make chaos-selftest             switches off what keeps the promises, one by one, and shows that the checker sees each

`plan` draws the faults, `proxy` and `layer` and `site` commit them, `crowd` writes, `checker` judges from what the clients received
and what the database holds. It knows nothing of the server's code.
"""
