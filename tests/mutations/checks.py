"""Which tests should notice a mutant."""

from pathlib import Path, PurePath

from tests.mutations.mutant import ROOT, Mutant

LIMITS, RULES = "tests/test_limits.py", "tests/specs/test_rules.py"
LISTS = (LIMITS, RULES, "tests/specs/test_promises.py", "tests/specs/test_ledger.py")
"""These compare limits and rules with lists, and send no request."""
STORE = ("tests/store", "tests/profiles/test_access.py")
WRITER = ("tests/store/test_writer.py", "tests/store/test_sqlite.py", "tests/test_durability.py")

SIGNING_IN = (
    "tests/http/test_sign_in.py", "tests/http/test_inspector.py", "tests/profiles/test_access.py",
)  # fmt: skip

OF_PROFILE = (
    "tests/specs", "tests/openapi/test_profile_schema.py", "tests/profiles/test_profiles.py",
    "tests/profiles/test_transfer.py", "tests/properties/test_stored_values.py",
)  # fmt: skip

OF_FILE: dict[str, tuple[str, ...]] = {
    "profilegate/http/security.py": (
        "tests/test_authentication.py", "tests/http/test_body_size.py", "tests/test_lockouts.py",
        "tests/kraken/test_access.py", "tests/machnet/test_access.py",
        "tests/diadoc/test_authorization.py", "tests/navixy/test_hash.py",
        "tests/navixy/test_related_login.py", "tests/navixy/test_related_rate_limit.py",
        "tests/navixy/test_related_sessions.py", "tests/kraken/test_signature.py",
        "tests/http/test_pipeline.py", "tests/http/test_http_rules.py",
        "tests/profiles/test_access.py", "tests/http/test_bad_input.py",
        "tests/http/test_limits.py",
    ),
    "profilegate/http/http_rules.py": (
        "tests/http/test_http_rules.py", "tests/http/test_limits.py", "tests/test_raw_requests.py",
        "tests/http/test_routing.py", "tests/test_error_responses.py",
    ),
    "profilegate/http/transport.py": (
        "tests/http/test_limits.py", "tests/test_transport.py", "tests/test_raw_requests.py",
        "tests/http/test_body_size.py", "tests/http/test_http_rules.py", "tests/test_start.py",
    ),
    "profilegate/http/client_address.py": (
        "tests/http/test_client_address.py", "tests/test_settings.py", "tests/test_lockouts.py",
    ),
    "profilegate/gateway/lockouts.py": ("tests/test_lockouts.py", "tests/kraken/test_nonce.py"),
    "profilegate/gateway/passwords.py": (
        "tests/test_passwords.py", "tests/navixy/test_related_login.py",
        "tests/diadoc/test_related_authenticate.py",
    ),
    "profilegate/gateway/admin_token.py": SIGNING_IN,
    "profilegate/http/pages/own_origin.py": SIGNING_IN,
    "profilegate/http/pages/sessions.py": SIGNING_IN,
    "profilegate/http/pages/sign_in.py": SIGNING_IN,
    "profilegate/http/pages/signed_in.py": SIGNING_IN,
    "profilegate/store/vault.py": (
        "tests/store/test_vault.py", "tests/store/test_rotation.py", "tests/store/test_erase.py",
        *STORE,
    ),
    "profilegate/store/credentials.py": (
        "tests/profiles/test_credentials.py", "tests/test_authentication.py",
        "tests/kraken/test_nonce.py", "tests/navixy/test_related_sessions.py",
        "tests/test_passwords.py", "tests/profiles/test_transfer.py",
        "tests/cli/test_credentials.py", "tests/store/test_expiry.py", *STORE,
    ),
    "profilegate/store/accounts.py": (
        "tests/store/test_store.py", "tests/store/test_linking.py",
        "tests/store/test_new_accounts.py", "tests/kraken/test_access.py",
        "tests/machnet/test_access.py", "tests/profiles/test_accounts.py", "tests/admin",
        "tests/cli/test_accounts.py", *STORE,
    ),
    "profilegate/store/sqlite/writer.py": WRITER,
    "profilegate/store/files.py": (
        "tests/store/test_files.py", "tests/store/test_sqlite.py", "tests/cli/test_database.py",
    ),
    "profilegate/store/master_key.py": (
        "tests/store/test_vault.py", "tests/store/test_rotation.py", "tests/store/test_files.py",
        "tests/test_start_rejected.py", "tests/cli/test_database.py", "tests/store",
    ),
    "profilegate/http/limits.py": (
        "tests/http/test_limits.py", "tests/http/test_body_size.py", "tests/test_transport.py",
    ),
    "profilegate/gateway/login_pool.py": ("tests/test_login_pool.py",),
    "profilegate/gateway/mail.py": ("tests/test_mail.py",),
    "profilegate/gateway/moving_windows.py": ("tests/test_moving_windows.py",),
    "profilegate/gateway/settings.py": ("tests/test_settings.py", "tests/test_start_rejected.py"),
    "profilegate/store/outbox.py": ("tests/test_mail.py", "tests/diadoc/test_mail_limits.py"),
    "profilegate/store/lockouts.py": ("tests/test_lockouts.py",),
    "profilegate/store/expiry.py": ("tests/store/test_expiry.py",),
    "profilegate/media/json_limits.py": ("tests/media", "tests/http/test_limits.py"),
    "profilegate/media/json_text.py": ("tests/media", "tests/http/test_limits.py"),
    "profilegate/media/protobuf.py": ("tests/media", "tests/diadoc/test_protobuf.py"),
    "profilegate/openapi/messages.py": ("tests/openapi", "tests/http/test_wrong_values.py"),
    "profilegate/openapi/validator.py": ("tests/openapi", "tests/http/test_wrong_values.py"),
    "profilegate/openapi/profile_schema.py": OF_PROFILE,
    "profilegate/admin/validation.py": ("tests/admin", "tests/profiles"),
}  # fmt: skip
"""The tests of security code, the likeliest first."""


def tests_of(mutant: Mutant) -> list[str]:
    """The test files and folders, in the order in which they run; a failure ends the run."""
    path = PurePath(mutant.path)
    if mutant.kind == "limit":
        folder = path.parts[1] if path.parts[0] == "handlers" else "none"
        of_file = OF_FILE.get(mutant.path, [f"tests/{folder}"])
        found = [LIMITS, *_naming(mutant.rule), *of_file]
    elif mutant.path == "specs/profile.yaml":
        found = [RULES, *OF_PROFILE]
    elif path.suffix == ".yaml":
        name = path.stem
        pages = [f"tests/specs/test_{name}_page.py", f"tests/specs/test_{name}_tables.py"]
        found = [*pages, RULES, "tests/specs", f"tests/{name}/test_fields.py", f"tests/{name}"]
        found += ["tests/ledger", "tests/http/test_bounds.py", "tests/http/test_http_rules.py"]
    elif path.parts[0] == "handlers":
        found = [f"tests/{path.parts[1]}", "tests/test_authentication.py", "tests/test_lockouts.py"]
    else:
        found = [*OF_FILE[mutant.path]]
    if mutant.kind == "security":
        found.insert(0, LIMITS)
    return [name for name in dict.fromkeys(found) if (ROOT / name).exists()]


def _naming(word: str) -> list[str]:
    """The tests that name a constant."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(file.relative_to(ROOT)) for file in files if _names(file, word)]


def _names(file: Path, word: str) -> bool:
    return word in file.read_text("utf-8")
