"""What is remembered: SQLModel tables, and all the SQL there is, in functions named for what they answer."""
