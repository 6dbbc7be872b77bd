"""What the README claims about speed, each one command: `make bench`."""
