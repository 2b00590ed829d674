"""One module for each library: how its odd cases are called, where we leave it and why, and how to run it."""
