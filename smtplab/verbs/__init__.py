"""What a user can do with a session, in one table and one driver, for every front end."""
