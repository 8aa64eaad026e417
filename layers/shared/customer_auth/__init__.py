"""Sign-up, sign-in and sessions of a shop's customers: the rules and the tables behind every endpoint."""
