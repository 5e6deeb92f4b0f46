"""Limits: each has the value that was chosen, so that none is raised by accident."""

import ast
from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.mutations.code_mutants import CodeMutants, limited_files
from tests.mutations.mutant import ROOT

LIMITS: Mapping[str, Mapping[str, object]] = {
    "profilegate/admin/credentials.py": {
        "NONCE_WINDOW_MAX": 2**53 - 1,
    },
    "profilegate/admin/exchanges.py": {
        "CHECKS_CACHED_MAX": 512,
    },
    "profilegate/admin/explain.py": {
        "EVENTS_READ_MAX": 1000,
        "NEAR_MIN": 0.7,
    },
    "profilegate/admin/namespaces.py": {
        "SEED_LENGTH_MAX": 200,
    },
    "profilegate/admin/security_findings.py": {
        "CREDENTIALS_TRIED_MAX": 20,
    },
    "profilegate/admin/validation.py": {
        "VIOLATIONS_SHOWN_MAX": 20,
        "TENANT_SIZE_MAX": 200,
    },
    "profilegate/client/bodies.py": {
        "BOUNDARY_SIZE_BYTES": 12,
    },
    "profilegate/client/fields.py": {
        "DEPTH_MAX": 6,
    },
    "profilegate/client/sending.py": {
        "TIMEOUT_SECONDS": 30.0,
        "TIMEOUT_MAX_SECONDS": 86_400.0,
        "RESPONSE_SIZE_MAX_BYTES": 64 * 1024 * 1024,
    },
    "profilegate/contract/compat/changes.py": {
        "VALUES_SHOWN_MAX": 20,
        "OPERATIONS_SHOWN_MAX": 3,
    },
    "profilegate/contract/compat/shapes.py": {
        "SHAPES_MAX": 32,
    },
    "profilegate/contract/archives.py": {
        "ARCHIVE_SIZE_MAX_BYTES": 256 * 1024 * 1024,
    },
    "profilegate/contract/caller.py": {
        "RETRIES_MAX": 3,
        "RETRY_AFTER_MAX_SECONDS": 60.0,
    },
    "profilegate/contract/conversations.py": {
        "TOKEN_SIZE_BYTES": 6,
    },
    "profilegate/contract/forwarding.py": {
        "FORWARD_TIMEOUT_SECONDS": 60.0,
        "FORWARDED_BODY_MAX_BYTES": 20 * 1024 * 1024,
    },
    "profilegate/contract/generated.py": {
        "REQUEST_TIMEOUT_SECONDS": 30.0,
    },
    "profilegate/contract/proxy.py": {
        "CHECKS_KEPT_MAX": 1000,
    },
    "profilegate/contract/sequences.py": {
        "USERS_KNOWN_MAX": 10_000,
        "ALIKE_MIN": 7,
    },
    "profilegate/contract/verification.py": {
        "FOREIGN_PAUSE_SECONDS": 0.5,
    },
    "profilegate/errors.py": {
        "SPEC_ERRORS_SHOWN_MAX": 50,
    },
    "profilegate/gateway/call.py": {
        "PROCESS_ID_SIZE_BYTES": 12,
    },
    "profilegate/gateway/journal.py": {
        "REQUEST_BODY_KEPT_MAX_BYTES": 256 * 1024,
        "RESPONSE_BODY_KEPT_MAX_BYTES": 16 * 1024,
        "WAITING_MAX_EXCHANGES": 2048,
        "WAITING_MAX_BYTES": 16 * 1024 * 1024,
        "STORE_AFTER_SECONDS": 0.25,
        "ABANDONED_MAX_SECONDS": 0.05,
        "STORED_AT_ONCE_MAX": 128,
    },
    "profilegate/gateway/lockouts.py": {
        "FAILURES_MAX": 10,
        "SPRAYED_FAILURES_MAX": 50,
        "WINDOW_SECONDS": 60,
        "FIRST_LOCK": timedelta(minutes=1),
        "LONGEST_LOCK": timedelta(minutes=15),
    },
    "profilegate/gateway/login_pool.py": {
        "LOGIN_THREADS": 2,
        "LOGIN_QUEUE_MAX": 24,
        "RETRY_AFTER_SECONDS": 1,
        "LOGGED_EVERY_SECONDS": 60.0,
    },
    "profilegate/gateway/logins.py": {
        "PEER_NOTED_AFTER": timedelta(days=1),
    },
    "profilegate/gateway/mail.py": {
        "LOOK_EVERY_SECONDS": 1.0,
        "SEND_TIMEOUT_SECONDS": 20.0,
        "BATCH_MAILS_MAX": 20,
        "SERVER_ERROR_MIN": 500,
    },
    "profilegate/gateway/metrics.py": {
        "WAITING_MAX": 256,
    },
    "profilegate/gateway/moving_windows.py": {
        "KEYS_MAX": 10_000,
    },
    "profilegate/gateway/passwords.py": {
        "MEMORY_KIB": 19 * 1024,
        "PASSES": 2,
        "SALT_SIZE_BYTES": 16,
        "DIGEST_SIZE_BYTES": 32,
        "SCRYPT_COST": 2**14,
        "SCRYPT_BLOCK_SIZE": 8,
    },
    "profilegate/gateway/peers.py": {
        "NETWORKS_CACHED_MAX": 4096,
    },
    "profilegate/gateway/schemes.py": {
        "SECRET_SIZE_BYTES": 32,
    },
    "profilegate/gateway/settings.py": {
        "EXCHANGES_MAX": 100_000,
        "PREFIX_LENGTH_MAX": 256,
        "PORT_MAX": 65535,
        "DRAIN_MAX_SECONDS": 3600,
        "ADMIN_TOKEN_LENGTH_MIN": 22,
        "WORKERS_MAX": 256,
    },
    "profilegate/gateway/shared_counts.py": {
        "DIGEST_SIZE_BYTES": 16,
    },
    "profilegate/http/connections.py": {
        "SWEEP_EVERY_SECONDS": 1.0,
    },
    "profilegate/http/documented_responses.py": {
        "RETRY_AFTER_SECONDS": 1,
    },
    "profilegate/http/fault_effects.py": {
        "SLOW_PARTS_MAX": 20,
    },
    "profilegate/http/health.py": {
        "CHECKED_EVERY_SECONDS": 1.0,
        "CHECK_MAX_SECONDS": 0.8,
    },
    "profilegate/http/http_rules.py": {
        "STORE_RETRY_AFTER_SECONDS": 1,
    },
    "profilegate/http/limits.py": {
        "HEAD_SIZE_MAX_BYTES": 16 * 1024,
        "TARGET_SIZE_MAX_BYTES": 8 * 1024,
        "HEADER_LINES_MAX": 100,
        "BODY_SIZE_MAX_BYTES": 64 * 1024,
        "UPLOAD_SIZE_MAX_BYTES": 16 * 1024 * 1024,
        "LARGE_BODIES_MAX_BYTES": 256 * 1024 * 1024,
        "FORM_FIELDS_MAX": 100,
        "PIPELINED_REQUESTS_MAX": 64,
        "HEAD_MAX_SECONDS": 20.0,
        "IDLE_MAX_SECONDS": 60.0,
        "BODY_GRACE_SECONDS": 10.0,
        "LAST_REQUEST_GRACE_SECONDS": 0.5,
        "BODY_RATE_MIN_BYTES_PER_SECOND": 500,
        "FRAMING_RATIO_MAX": 8,
        "SEND_STALL_MAX_SECONDS": 30.0,
        "LINGER_MAX_SECONDS": 2.0,
        "LINGER_SIZE_MAX_BYTES": 32 * 1024 * 1024,
        "CONNECTIONS_MAX": 10_000,
        "DESCRIPTORS_RESERVED": 320,
        "BACKLOG_CONNECTIONS": 256,
        "PEER_SHARE": 0.5,
    },
    "profilegate/http/memory_tuning.py": {
        "LARGE_BLOCK_MIN_BYTES": 1024 * 1024,
        "YOUNG_OBJECTS_MAX": 20_000,
    },
    "profilegate/http/negotiation.py": {
        "ACCEPTS_REMEMBERED_MAX": 256,
        "ACCEPT_REMEMBERED_MAX_BYTES": 256,
    },
    "profilegate/http/pages/inspector.py": {
        "PROFILES_SHOWN_MAX": 50,
        "EVENTS_SHOWN_MAX": 20,
    },
    "profilegate/http/pages/live.py": {
        "STREAMS_MAX": 64,
        "POLL_EVERY_SECONDS": 0.25,
        "HEARTBEAT_EVERY_SECONDS": 15.0,
        "RETRY_AFTER_SECONDS": 1,
    },
    "profilegate/http/pages/journal.py": {
        "EXCHANGES_SHOWN_MAX": 50,
        "EXCHANGES_ARCHIVED_MAX": 1000,
        "NAMESPACES_OFFERED_MAX": 100,
    },
    "profilegate/http/pages/routes.py": {
        "FORM_SIZE_MAX_BYTES": 64 * 1024,
    },
    "profilegate/http/pages/serving.py": {
        "PREFIXED_SPECS_KEPT_MAX": 16,
    },
    "profilegate/http/pages/sessions.py": {
        "SESSION_AGE_MAX": timedelta(hours=8),
        "ID_SIZE_BYTES": 16,
    },
    "profilegate/http/preferences.py": {
        "STATUS_MIN": 400,
        "STATUS_MAX": 599,
    },
    "profilegate/http/server.py": {
        "MAINTAIN_EVERY_SECONDS": 5.0,
        "SHUTDOWN_MAX_SECONDS": 10,
    },
    "profilegate/http/supervisor.py": {
        "START_AGAIN_FIRST_SECONDS": 1.0,
        "START_AGAIN_LAST_SECONDS": 30.0,
        "SECRET_SIZE_BYTES": 32,
    },
    "profilegate/http/trace_context.py": {
        "TRACEPARENT_SIZE_MAX_BYTES": 512,
    },
    "profilegate/http/worker_link.py": {
        "ALIVE_EVERY_SECONDS": 1.0,
        "ORDER_MAX_BYTES": 1024 * 1024,
    },
    "profilegate/http/worker_process.py": {
        "START_MAX_SECONDS": 60.0,
        "SILENCE_MAX_SECONDS": 10.0,
    },
    "profilegate/media/json_limits.py": {
        "TOKENS_MAX": 20_000,
        "LINES_TOKENS_MAX": 100_000,
    },
    "profilegate/media/json_text.py": {
        "NESTING_DEPTH_MAX": 64,
        "LINES_MAX": 10_000,
    },
    "profilegate/media/protobuf.py": {
        "UNKNOWN_SIZE_MAX_BYTES": 64 * 1024,
    },
    "profilegate/openapi/enumerations.py": {
        "OPTIONS_QUOTED_MAX": 20,
    },
    "profilegate/openapi/examples.py": {
        "DEPTH_MAX": 6,
        "NESTING_MAX": 24,
    },
    "profilegate/openapi/inspection.py": {
        "GUESSES_MAX": 20,
        "LIKENESS_MIN": 0.7,
        "NAME_SIZE_MAX": 64,
    },
    "profilegate/openapi/json_schema.py": {
        "INLINE_SCHEMAS_MAX": 2000,
        "INLINE_DEPTH_MAX": 16,
        "CHAINED_BRANCHES_MAX": 16,
    },
    "profilegate/openapi/keywords.py": {
        "SIMILAR_MIN": 0.8,
    },
    "profilegate/openapi/messages.py": {
        "OPTIONS_SHOWN_MAX": 20,
    },
    "profilegate/openapi/object_checks.py": {
        "PATTERN_CHARACTERS_MAX": 60,
    },
    "profilegate/openapi/official_checks.py": {
        "MESSAGE_CHARACTERS_MAX": 160,
    },
    "profilegate/openapi/profile_schema.py": {
        "TEXT_LENGTH_MAX": 255,
    },
    "profilegate/openapi/servers.py": {
        "BASE_PATHS_MAX": 32,
    },
    "profilegate/openapi/text_values.py": {
        "KEYS_NESTED_MAX": 8,
    },
    "profilegate/openapi/validator.py": {
        "MESSAGE_CHARACTERS_MAX": 160,
        "VIOLATIONS_MAX": 50,
        "LISTED_ITEMS_MAX": 1000,
    },
    "profilegate/store/copy_places.py": {
        "ENDING_MAX_SECONDS": 2.0,
    },
    "profilegate/store/credentials.py": {
        "ID_SIZE_BYTES": 16,
    },
    "profilegate/store/expiry.py": {
        "SENT_MAIL_AGE_MAX": timedelta(days=30),
        "LINK_AGE_MAX": timedelta(days=30),
    },
    "profilegate/store/journal.py": {
        "NUMBER_MAX": 2**63 - 1,
    },
    "profilegate/store/faults.py": {
        "DELAY_MAX_SECONDS": 60,
        "FAULTS_MAX": 100,
        "ID_SIZE_BYTES": 8,
    },
    "profilegate/store/lockouts.py": {
        "ROWS_MAX": 10_000,
        "SERIES_KEPT": timedelta(minutes=15),
        "PEER_KEPT": timedelta(days=30),
    },
    "profilegate/store/master_key.py": {
        "KEYS_MAX": 2,
    },
    "profilegate/store/namespaces.py": {
        "NAMESPACES_MAX": 10_000,
    },
    "profilegate/store/nonces.py": {
        "NONCE_SIZE_BYTES": 8,
        "NONCES_REMEMBERED_MAX": 1000,
    },
    "profilegate/store/outbox.py": {
        "COUNTED_MAX": 10_000,
        "RETRY_AFTER_MAX_SECONDS": 900,
        "REJECTIONS_MAX": 5,
        "CLAIMED_FOR": timedelta(minutes=1),
        "MAIL_EVERY": timedelta(minutes=1),
        "MAILS_A_DAY_OF_ACCOUNT_MAX": 5,
        "MAILS_A_DAY_TO_ADDRESS_MAX": 20,
    },
    "profilegate/store/postgresql/batches.py": {
        "ATTEMPTS_MAX": 4,
    },
    "profilegate/store/postgresql/links.py": {
        "PATIENCE_SECONDS": 10.0,
    },
    "profilegate/store/postgresql/opening.py": {
        "CONNECT_TIMEOUT_SECONDS": 3,
    },
    "profilegate/store/postgresql/reader.py": {
        "SNAPSHOTS_MAX": 4,
        "WAITING_MAX": 8192,
    },
    "profilegate/store/postgresql/runs.py": {
        "IDLE_MAX": 128,
    },
    "profilegate/store/postgresql/values.py": {
        "STATEMENTS_MAX": 1024,
    },
    "profilegate/store/postgresql/writer.py": {
        "BATCH_SIZE_MAX": 128,
        "QUEUE_SIZE_MAX": 8192,
    },
    "profilegate/store/session.py": {
        "UUID_SIZE_BYTES": 16,
    },
    "profilegate/store/snapshots.py": {
        "SNAPSHOTS_MAX": 20,
        "PROFILES_MAX": 10_000,
    },
    "profilegate/store/sqlite/backup.py": {
        "LOCK_SIZE_BYTES": 510,
    },
    "profilegate/store/sqlite/checkpoints.py": {
        "PASSES_MAX": 8,
    },
    "profilegate/store/sqlite/database.py": {
        "CACHED_STATEMENTS_MAX": 256,
    },
    "profilegate/store/sqlite/health.py": {
        "DISK_FREE_MIN_BYTES": 64 * 1024 * 1024,
    },
    "profilegate/store/sqlite/integrity.py": {
        "DAMAGES_MAX": 100,
    },
    "profilegate/store/sqlite/state.py": {
        "RECORD_EVERY": timedelta(seconds=1),
    },
    "profilegate/store/sqlite/turns.py": {
        "TURN_MAX_SECONDS": 5.0,
        "POLL_SECONDS": 0.0005,
    },
    "profilegate/store/stamps.py": {
        "STAMP_SIZE_BYTES": 8,
    },
    "profilegate/store/sqlite/writer.py": {
        "BATCH_SIZE_MAX": 512,
        "QUEUE_SIZE_MAX": 8192,
    },
    "profilegate/store/vault.py": {
        "RELOAD_EVERY_SECONDS": 1.0,
        "KEY_SIZE_BYTES": 32,
        "NONCE_SIZE_BYTES": 12,
        "TAG_SIZE_BYTES": 16,
        "FINGERPRINT_SIZE_BYTES": 8,
        "CACHED_MAX": 512,
        "CACHED_SIZE_MAX_CHARACTERS": 512,
    },
    "handlers/diadoc/login.py": {
        "LINK_AGE_MAX": timedelta(hours=24),
        "LINK_SECRET_SIZE_BYTES": 32,
        "TOKEN_AGE_MAX": timedelta(hours=24),
        "TOKEN_SIZE_BYTES": 64,
    },
    "handlers/diadoc/provisioning.py": {
        "TOKEN_SIZE_BYTES": 32,
    },
    "handlers/kraken/auth.py": {
        "NONCE_MAX": 2**64 - 1,
        "NONCE_DIGITS_MAX": 20,
        "KEYS_REMEMBERED_MAX": 512,
        "LOCKOUT": timedelta(minutes=15),
    },
    "handlers/kraken/contract.py": {
        "NONCES_KEPT_MAX": 1000,
        "WORD_SIZE_BYTES": 8,
    },
    "handlers/kraken/explain.py": {
        "SIGNATURE_SIZE_BYTES": 64,
    },
    "handlers/kraken/iiban.py": {
        "RANDOM_SIZE_BYTES": 16,
    },
    "handlers/kraken/operations.py": {
        "IIBAN_ATTEMPTS_MAX": 8,
    },
    "handlers/kraken/provisioning.py": {
        "KEY_SIZE_BYTES": 42,
        "PRIVATE_KEY_SIZE_BYTES": 64,
    },
    "handlers/machnet/operations.py": {
        "RECEIVERS_SHOWN_MAX": 1000,
    },
    "handlers/machnet/provisioning.py": {
        "SECRET_SIZE_BYTES": 32,
        "UUID_SIZE_BYTES": 16,
    },
    "handlers/navixy/sessions.py": {
        "HASH_SIZE_BYTES": 16,
        "AGE_MAX": timedelta(days=30),
    },
    "handlers/navixy/provisioning.py": {
        "USER_ID_SIZE_BYTES": 5,
    },
    "profilegate/admin/seed_schema.py": {
        "SECRET_LENGTH_MAX": 4096,
    },
    "profilegate/admin/seeds.py": {
        "DIGESTS_KEPT_MAX": 64,
    },
    "profilegate/gateway/provisioning.py": {
        "UUID_SIZE_BYTES": 16,
        "LOGIN_SIZE_BYTES": 8,
    },
    "profilegate/openapi/yaml_files.py": {
        "DEPTH_MAX": 100,
    },
    "profilegate/testing/double.py": {
        "MAILS_MAX": 1000,
    },
    "profilegate/testing/calls.py": {
        "EXCHANGES_MAX": 10_000,
        "NEAREST_SHOWN_MAX": 5,
    },
    "profilegate/testing/exchanges.py": {
        "TEXT_SHOWN_MAX": 1000,
    },
    "profilegate/testing/local_gateway.py": {
        "CALL_TIMEOUT_SECONDS": 30.0,
    },
    "profilegate/testing/process.py": {
        "STOP_TIMEOUT_SECONDS": 15.0,
    },
    "profilegate/testing/profiles.py": {
        "EVENTS_MAX": 1000,
    },
}
"""The limits of each module. The reason for a value stands beside the constant; who changes one
changes it here too."""


def limits_of(file: str) -> dict[str, object]:
    """The limits of a module, by name."""
    values = CodeMutants(ROOT / file).values()
    return {
        name: eval(ast.unparse(each), {"timedelta": timedelta}) for name, each in values.items()
    }


def test_every_module_with_limits_is_listed() -> None:
    """
    A limit that is not listed could be raised unnoticed.
    """
    files = [path.relative_to(ROOT).as_posix() for path in limited_files()]

    assert sorted(LIMITS) == sorted(file for file in files if limits_of(file))


@pytest.mark.parametrize("file", LIMITS)
def test_a_limit_has_the_value_that_was_chosen(file: str) -> None:
    """
    Tests of behaviour take a limit from its constant, so they pass whatever its value is.
    """
    assert LIMITS[file] == limits_of(file)
