"""The actions of the admin API and of the command line: one function and one transaction each."""
