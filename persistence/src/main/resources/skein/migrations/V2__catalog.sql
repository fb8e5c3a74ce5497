-- Whose workspaces are whose: a projection of the journal, which can be emptied and built again from it.

-- One row for each workspace that is not deleted.
CREATE TABLE catalog_workspace (
  -- Ordered byte by byte, whatever the database's language: pages go on after an id.
  id           TEXT COLLATE "C" PRIMARY KEY,
  name         TEXT             NOT NULL,
  module       TEXT             NOT NULL,
  access       TEXT             NOT NULL,
  created_at   TIMESTAMPTZ      NOT NULL,

  -- No later than the first scheduled command; the workspace itself knows exactly. Null where nothing is scheduled.
  next_due     TIMESTAMPTZ,
  -- The transaction that last brought next_due forward.
  schedule_seq BIGINT           NOT NULL DEFAULT 0
);

CREATE INDEX catalog_workspace_next_due_idx ON catalog_workspace (next_due) WHERE next_due IS NOT NULL;

CREATE TABLE catalog_member (
  identity  BYTEA            NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  role      TEXT             NOT NULL,

  PRIMARY KEY (identity, workspace)
);

CREATE INDEX catalog_member_workspace_idx ON catalog_member (workspace);

-- How far projections have come, with the columns that pekko-projection-jdbc 1.0 reads and writes.
CREATE TABLE pekko_projection_offset_store (
  projection_name VARCHAR(255) NOT NULL,
  projection_key  VARCHAR(255) NOT NULL,
  current_offset  VARCHAR(255) NOT NULL,
  manifest        VARCHAR(4)   NOT NULL,
  mergeable       BOOLEAN      NOT NULL,
  last_updated    BIGINT       NOT NULL,

  PRIMARY KEY (projection_name, projection_key)
);

CREATE TABLE pekko_projection_management (
  projection_name VARCHAR(255) NOT NULL,
  projection_key  VARCHAR(255) NOT NULL,
  paused          BOOLEAN      NOT NULL,
  last_updated    BIGINT       NOT NULL,

  PRIMARY KEY (projection_name, projection_key)
);
