"""The generator: prints what follows from a spec, as code that one would have typed."""
