"""The fidelity ledger: each rule of a spec, how we know it, and the test that proves it."""
