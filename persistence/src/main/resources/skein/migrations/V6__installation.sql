-- Which database this is, so that a restored copy is known for one: rule U5. One row, which the first node writes.

CREATE TABLE installation (
  only_one          BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_one),
  -- Of the server (pg_control_system), of the database in it, and of the journal in that. A dump brings other ones with it; a standby has the same.
  system_identifier TEXT        NOT NULL,
  database_oid      BIGINT      NOT NULL,
  journal_oid       BIGINT      NOT NULL,
  -- Empty as long as nothing was restored; then 32 hex digits, which make the epochs of all workspaces other ones.
  incarnation       TEXT        NOT NULL,
  changed_at        TIMESTAMPTZ NOT NULL
);
