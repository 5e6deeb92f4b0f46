"""The suites in here are those of users: the tests run them in a pytest of their own."""

collect_ignore = ["suites", "user_suite"]
