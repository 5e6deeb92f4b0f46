"""The suites in here are those of users: the tests run them in a pytest of their own."""

# httpx imports it at its first request; without this pytester forgets it, and httpx does not.
import httpcore  # noqa: F401

collect_ignore = ["suites", "user_suite"]
