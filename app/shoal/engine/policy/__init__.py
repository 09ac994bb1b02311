"""Pure decisions: data in, decisions out; `now` and `rng` are arguments."""
