-- The journal and the snapshots, with the columns that pekko-persistence-jdbc 1.1 reads and writes.

-- One row is one group commit of one workspace. The primary key is also the fence: of two owners that write the same
-- sequence number, one fails.
CREATE TABLE event_journal (
  ordering           BIGSERIAL,
  persistence_id     VARCHAR(255) NOT NULL,
  sequence_number    BIGINT       NOT NULL,
  deleted            BOOLEAN      NOT NULL DEFAULT FALSE,

  writer             VARCHAR(255) NOT NULL,
  write_timestamp    BIGINT,
  adapter_manifest   VARCHAR(255),

  event_ser_id       INTEGER      NOT NULL,
  event_ser_manifest VARCHAR(255) NOT NULL,
  event_payload      BYTEA        NOT NULL,

  meta_ser_id        INTEGER,
  meta_ser_manifest  VARCHAR(255),
  meta_payload       BYTEA,

  PRIMARY KEY (persistence_id, sequence_number)
);

CREATE UNIQUE INDEX event_journal_ordering_idx ON event_journal (ordering);

CREATE TABLE event_tag (
  event_id BIGINT       NOT NULL REFERENCES event_journal (ordering) ON DELETE CASCADE,
  tag      VARCHAR(256) NOT NULL,

  PRIMARY KEY (event_id, tag)
);

CREATE TABLE snapshot (
  persistence_id        VARCHAR(255) NOT NULL,
  sequence_number       BIGINT       NOT NULL,
  created               BIGINT       NOT NULL,

  snapshot_ser_id       INTEGER      NOT NULL,
  snapshot_ser_manifest VARCHAR(255) NOT NULL,
  snapshot_payload      BYTEA        NOT NULL,

  meta_ser_id           INTEGER,
  meta_ser_manifest     VARCHAR(255),
  meta_payload          BYTEA,

  PRIMARY KEY (persistence_id, sequence_number)
);

-- Payloads as they are: PostgreSQL's own compression (pglz) costs the server three to four times the CPU of storing the
-- bytes, measured per megabyte of group commits of 6 to 24 KB, for a third less disk. And in the row itself as long as they
-- fit a page, which saves the detour over the side table.
ALTER TABLE event_journal ALTER COLUMN event_payload SET STORAGE EXTERNAL;
ALTER TABLE event_journal SET (toast_tuple_target = 8160);
ALTER TABLE snapshot ALTER COLUMN snapshot_payload SET STORAGE EXTERNAL;
