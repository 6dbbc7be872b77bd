"""Stories out: what an output holds, and the bytes it has."""
