-- Who changed who may what, and when: rule U1. Rows come in and stay. Nodes need INSERT and SELECT alone.

CREATE TABLE audit_log (
  -- Of one workspace in the order of its transactions.
  id        BIGSERIAL PRIMARY KEY,
  -- When: the transaction's time.
  at        TIMESTAMPTZ      NOT NULL,
  -- Empty for what is of no workspace, such as tokens.
  workspace TEXT COLLATE "C" NOT NULL,
  -- The transaction that made the change; 0 where none did.
  seq       BIGINT           NOT NULL,
  kind      TEXT COLLATE "C" NOT NULL,
  -- Who; null for a node itself.
  actor     BYTEA,
  -- On whom or what: an identity's hex digits, the id of an invitation or a token, an issuer; or empty.
  subject   TEXT COLLATE "C" NOT NULL,
  -- By what, as far as it is known: ids and an address, never a token.
  token_id  TEXT             NOT NULL,
  session   TEXT             NOT NULL,
  device    TEXT             NOT NULL,
  address   TEXT             NOT NULL,
  -- A JSON object of what the kind says.
  details   TEXT             NOT NULL
);

CREATE INDEX audit_log_workspace_idx ON audit_log (workspace, id);
CREATE INDEX audit_log_at_idx ON audit_log (at);

-- Privileges keep nodes from changing rows; this keeps their owner from doing so by mistake.
CREATE FUNCTION audit_log_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('skein.audit_forgets', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit_log is append-only: no row of it is changed' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_keep_rows BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION audit_log_keep();
CREATE TRIGGER audit_log_keep_all BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_keep();

-- The one way out, for retention. It runs as the owner of the table, so nodes need no DELETE, and whoever gets hold of a node cannot wipe out what it did:
-- the last 30 days stay whatever is asked for.
CREATE FUNCTION audit_log_forget(older_than TIMESTAMPTZ, most INTEGER) RETURNS INTEGER
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = "${flyway:defaultSchema}", pg_temp AS $$
DECLARE
  gone INTEGER;
BEGIN
  PERFORM set_config('skein.audit_forgets', 'on', true);
  DELETE FROM audit_log WHERE id IN (
    SELECT id FROM audit_log WHERE at < least(older_than, now() - INTERVAL '30 days') ORDER BY at LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('skein.audit_forgets', 'off', true);
  RETURN gone;
END
$$;

REVOKE ALL ON FUNCTION audit_log_forget(TIMESTAMPTZ, INTEGER) FROM PUBLIC;
