"""Parts that several rooms of the tests use."""
