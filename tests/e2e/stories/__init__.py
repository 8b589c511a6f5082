"""A package, so that its stories share one office at work (a fixture of the scope `package`)."""
