-- Tokens that count no more before they expire. Nodes ask for what is newer than the last one they know.

CREATE TABLE auth_revocation (
  -- In the order of commits: who writes holds a lock until then. A row that is revoked again gets a new one.
  id           BIGSERIAL PRIMARY KEY,
  identity     BYTEA       NOT NULL,
  -- token, session, device or all
  kind         TEXT        NOT NULL,
  -- The id of the token, session or device; empty for all.
  value        TEXT        NOT NULL,
  -- For all: tokens that were issued up to then.
  issued_until TIMESTAMPTZ NOT NULL,
  revoked_by   BYTEA       NOT NULL,
  revoked_at   TIMESTAMPTZ NOT NULL,
  -- Then every such token has expired by itself, and the row may go.
  expires_at   TIMESTAMPTZ NOT NULL,

  UNIQUE (identity, kind, value)
);

CREATE INDEX auth_revocation_expires_at_idx ON auth_revocation (expires_at);
