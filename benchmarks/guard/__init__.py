"""The cost of an update in instructions: no change may make one 10 % more expensive unseen."""
