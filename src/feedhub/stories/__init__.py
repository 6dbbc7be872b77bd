"""What is the same piece of news: pure functions over values, no I/O, no clock."""
