-- A tenant's own name for an account (Kraken's external_id) names one account of that tenant.

ALTER TABLE accounts ADD COLUMN reference_digest BLOB;

CREATE UNIQUE INDEX accounts_of_reference ON accounts (world, provider, tenant, reference_digest)
    WHERE reference_digest IS NOT NULL;
