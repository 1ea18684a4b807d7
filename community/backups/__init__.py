"""Backup and restore of a site, and its move to PostgreSQL and object storage.

`tables` and `files` read and write what a site holds, on any database and any storage. `archive` puts it into one stream,
`encryption` encrypts that; `ledger` lists the accounts that are not to come back. `backup`, `restore` and `move` are what the commands of
these names call.
"""
